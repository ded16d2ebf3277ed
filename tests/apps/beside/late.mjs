// An application that sets its SDK up itself.
await import('./node-sdk.mjs');
await import('./app.mjs');
