import { adminFacts } from './admin/facts.ts';

adminFacts('Admin API');
