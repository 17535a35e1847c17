import type { Service } from '../../port/services.js';
import { mutation } from '../result.js';

export const serviceMutation = mutation<Service>({ subjects: ({ id, name }) => [{ id, name }] });
