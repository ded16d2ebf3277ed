// An instrumentation of the application's own, which is made after `register` and before the application is imported.
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';

class FormatInstrumentation extends InstrumentationBase {
  init() {
    return new InstrumentationNodeModuleDefinition('date-fns/formatISO', ['*'], (exports) => {
      process.stdout.write(`${JSON.stringify({ hooked: 'date-fns/formatISO' })}\n`);
      return exports;
    });
  }
}

new FormatInstrumentation('format', '1.0.0', {}).enable();
