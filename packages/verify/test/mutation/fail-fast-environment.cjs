const { TestEnvironment } = require('jest-environment-node');

/** Skips what is left of a file once a test of it has failed: one failure is enough to kill a mutant. */
module.exports = class FailFastEnvironment extends TestEnvironment {
  failed = false;

  /** Called by Jest at every step of a test. */
  async handleTestEvent({ name, test }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.failed = true;
    if (name === 'test_start' && this.failed) test.mode = 'skip';
  }
};
