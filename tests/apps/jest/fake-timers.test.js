const { CerberusSpanProcessor } = require('@cerberus-otel/instrumentation');

test('a processor that is shut down while timers and ticks are fake', async () => {
  const processor = new CerberusSpanProcessor({ secretKey: 'k'.repeat(32) });
  jest.useFakeTimers();
  await processor.shutdown();
  jest.useRealTimers();
  expect(processor.stats().hookFailures).toBe(0);
});
