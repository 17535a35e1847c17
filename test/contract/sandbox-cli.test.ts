import { backendContract } from './backend.js';
import { sandboxCliSubject } from './support/sandbox.js';

backendContract(sandboxCliSubject);
