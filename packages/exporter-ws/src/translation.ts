/**
 * What `@cerberus-otel/server` shares with this package: what an event is made of, and how it is written. Pure: it loads nothing that
 * connects. Not for applications: no part of it is covered by semantic versioning.
 */
export { serviceIdentity, type ServiceIdentity } from './config/service-identity.ts';
export { CERBERUS_ATTRIBUTE } from './event/attributes.ts';
export { routeTemplate, withoutAuthority } from './event/request-path.ts';
export { isRead } from './event/read-attributes.ts';
export { sourceIpOf } from './event/source-ip.ts';
export { KIND_SERVER, type FinishedSpan } from './event/span.ts';
export { translate } from './event/transform.ts';
export { Serializer } from './json/serializer.ts';
