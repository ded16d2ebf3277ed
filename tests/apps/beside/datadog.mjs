await import('dd-trace/initialize.mjs');

/** It sends every two seconds. */
globalThis.finishOther = () => new Promise((resolve) => void setTimeout(resolve, 2500));
