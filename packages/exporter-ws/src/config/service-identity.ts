import { given, listOf, type Environment, type OptionKind } from './option-reader.ts';

/** What is read of a Resource of OpenTelemetry, of SDK 2 and SDK 3 alike. */
export interface ResourceLike {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** SDK 2 logs an error when `attributes` is read while some of them are still being found out. */
  readonly asyncAttributesPending?: boolean | undefined;
  getRawAttributes?(): readonly (readonly [string, unknown])[];
}

/** What the application says of itself, as OpenTelemetry's semantic conventions for a service name it. */
export interface ServiceIdentity {
  /** `service.name`, without the SDK's own `unknown_service`. */
  readonly name: string | undefined;
  /** `service.version`. */
  readonly version: string | undefined;
  /** `deployment.environment.name`, or what it was called before. */
  readonly environment: string | undefined;
  /** `service.instance.id`. */
  readonly instanceId: string | undefined;
}

/** No backend takes longer ones. */
const MAX_CHARACTERS = 256;

/** The option `resource`. */
export function resourceOption(): OptionKind<ResourceLike | undefined> {
  return given('a Resource: an object with `attributes`', isResource);
}

function isResource(value: unknown): value is ResourceLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'attributes' in value &&
    typeof value.attributes === 'object' &&
    value.attributes !== null
  );
}

/**
 * `OTEL_SERVICE_NAME` first, then `OTEL_RESOURCE_ATTRIBUTES`, then the resource in code: the order in which the SDK's own
 * resource comes about.
 */
export function serviceIdentity(env: Environment, resource: ResourceLike | undefined): ServiceIdentity {
  const fromEnvironment = resourceAttributes(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '');
  const fromCode = resource === undefined ? new Map<string, unknown>() : attributesOf(resource);
  const find = (...names: readonly string[]): string | undefined => {
    const values = names.flatMap((name) => [fromEnvironment.get(name), fromCode.get(name)]);
    return values.map((value) => said(value)).find((value) => value !== undefined);
  };
  return {
    name: said(env['OTEL_SERVICE_NAME']) ?? find('service.name'),
    version: find('service.version'),
    environment: find('deployment.environment.name', 'deployment.environment'),
    instanceId: find('service.instance.id'),
  };
}

/** A text that says something; the SDK calls a service that it knows nothing of `unknown_service:node`. */
function said(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '' || /^unknown_service(?::|$)/.test(text)) return undefined;
  return text.slice(0, MAX_CHARACTERS).toWellFormed();
}

function attributesOf(resource: ResourceLike): ReadonlyMap<string, unknown> {
  const pending = resource.asyncAttributesPending === true ? resource.getRawAttributes?.() : undefined;
  // Of two with one name, the first one counts in the SDK.
  return new Map(pending?.toReversed() ?? Object.entries(resource.attributes));
}

/** `key=value,key=value` with percent-encoded values; what is no such pair is left out. */
function resourceAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const pair of listOf(text)) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    try {
      attributes.set(name.trim(), decodeURIComponent(value.trim().replaceAll(/^"|"$/g, '')));
    } catch {
      // Not percent-encoded after all: the SDK does not take it either.
    }
  }
  return attributes;
}
