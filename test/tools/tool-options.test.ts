import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

const TOOLS = [
  { tool: 'test/soak/run.ts', amount: '--minutes' },
  { tool: 'test/fuzz/run.ts', amount: '--minutes' },
  { tool: 'test/stores/kill.ts', amount: '--rounds' },
];

function run(tool: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

for (const { tool, amount } of TOOLS) {
  describe(tool, () => {
    it('says with --help what options there are', () => {
      const { status, stdout, stderr } = run(tool, '--help');
      assert.equal(stderr, '');
      assert.equal(status, 0);
      assert.match(stdout, /^Usage: npm run [\w:]+ -- \[options\]\n/);
      assert.match(stdout, new RegExp(`^ {2}${amount} N +.*\\(default \\d+\\)$`, 'm'));
      assert.match(stdout, /^ {2}--seed S /m);
    });

    const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
      ['an option that there is not', ['--sed', '1'], /^Unknown option '--sed'/],
      ['an argument', ['5'], /^Unexpected argument '5'/],
      ['an option without its value', ['--seed'], /^Option '--seed <value>' argument missing/],
      ['an amount that is none', [amount, 'x'], new RegExp(`^${amount} takes a number`)],
      ['a seed that is none', ['--seed=x'], /^--seed takes a whole number/],
    ];
    for (const [what, args, message] of wrong) {
      it(`refuses ${what} in a line`, () => {
        const { status, stdout, stderr } = run(tool, ...args);
        assert.match(stderr, /^.*\(--help lists the options\)\n$/);
        assert.match(stderr, message);
        assert.equal(stdout, '');
        assert.equal(status, 2);
      });
    }
  });
}
