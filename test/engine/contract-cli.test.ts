import { describe } from 'vitest';
import { backendContract } from '../contract/backend.js';
import { engineReason } from './support/engines.js';
import { dockerCliSubject } from './support/subjects.js';

const reason = engineReason();
describe.skipIf(reason !== null)(reason ?? 'with an engine', () => {
  backendContract(dockerCliSubject);
});
