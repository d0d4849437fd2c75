import { adminFacts } from './admin/facts.ts';
import { adminIdentity } from './admin/identity.ts';

adminFacts('Admin API');
adminIdentity('Admin API');
