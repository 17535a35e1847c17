import { backendContract } from './backend.js';
import { sandboxSubject } from './support/sandbox.js';

backendContract(sandboxSubject);
