// What is instrumented, or shares state with the instrumentation, has to stay outside of the bundle.
export default {
  serverExternalPackages: ['@opentelemetry/api'],
  rewrites: async () => [{ source: '/by-configuration/:id', destination: '/shop/:id' }],
  redirects: async () => [{ source: '/moved/:id', destination: '/users/:id', permanent: false }],
};
