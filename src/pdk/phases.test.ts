import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deniedPhaseViolation, pdkDeniedPhases, pdkPhases, phaseBits, phaseNames, phaseViolation } from './phases.ts';

test('a violation names the current phase and the allowed ones in the order of their bits', () => {
  assert.equal(
    phaseViolation(pdkPhases['client.authenticate'], phaseBits.log),
    'function cannot be called in log phase (only in: access)',
  );
  assert.equal(
    phaseViolation(pdkPhases['response.exit'], phaseBits.body_filter),
    'function cannot be called in body_filter phase ' +
      '(only in: rewrite, access, balancer, response, header_filter, error, admin_api)',
  );
});

test('a function with a deny-list names the denied phases', () => {
  assert.equal(
    deniedPhaseViolation(pdkDeniedPhases['client.get_ip'], phaseBits.init_worker),
    'function cannot be called in init_worker phase (can be called in any phases except: init_worker)',
  );
});

test('a bit that is no phase has a name too', () => {
  assert.match(phaseViolation(phaseBits.log, 0x4), /^function cannot be called in 'unknown phase' phase/);
});

test('the general request mask holds ten phases', () => {
  assert.deepEqual(phaseNames(pdkPhases['request.get_header']), [
    'rewrite',
    'access',
    'balancer',
    'response',
    'cluster_listener',
    'header_filter',
    'body_filter',
    'log',
    'error',
    'admin_api',
  ]);
});
