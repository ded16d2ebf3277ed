import { expect } from 'chai';
import { resolveConfig } from '../../dist/esm/config/config.js';
import { serviceIdentity, type ResourceLike } from '../../dist/esm/config/service-identity.js';
import { serviceMembers } from '../../dist/esm/config/service-members.js';

const required = { wsUrl: 'wss://example.com/ws', token: 't' };
const resource = { attributes: { 'service.name': 'from code', 'service.version': '9' } };

function clientId(env: Record<string, string>, options: object = {}, packageName?: string): string {
  return resolveConfig({ ...required, ...options }, env, () => packageName).clientId;
}

describe('the name of an application', () => {
  it('comes from clientId, then OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, the resource, package.json', () => {
    const env: Record<string, string> = {
      CERBERUS_CLIENT_ID: 'own variable',
      OTEL_SERVICE_NAME: 'service name',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=attribute',
    };
    const found = [clientId(env, { clientId: 'code', resource }, 'package')];
    for (const name of Object.keys(env)) {
      found.push(clientId(env, { resource }, 'package'));
      delete env[name];
    }
    found.push(clientId({}, { resource }, 'package'), clientId({}, {}, 'package'));
    expect(found).to.deep.equal([
      'code',
      'own variable',
      'service name',
      'attribute',
      'from code',
      'package',
    ]);
  });

  it('is never the unknown_service of the SDK', () => {
    for (const unknown of ['unknown_service', 'unknown_service:node', ' ']) {
      const attributes = { 'service.name': unknown };
      const env = { OTEL_SERVICE_NAME: unknown, OTEL_RESOURCE_ATTRIBUTES: `service.name=${unknown}` };
      expect(clientId(env, { resource: { attributes } }, 'package'), unknown).to.equal('package');
    }
    expect(clientId({ OTEL_SERVICE_NAME: 'unknown_services' })).to.equal('unknown_services');
  });

  it('is required where nothing gives one, in words that say what could', () => {
    expect(() => clientId({}))
      .to.throw(/`clientId` is required: .*OTEL_SERVICE_NAME.*package\.json.*CERBERUS_CLIENT_ID/)
      .with.property('code', 'OPTION_MISSING');
  });

  it('does not look for a package.json where something else gives it', () => {
    const config = resolveConfig({ ...required, clientId: 'c' }, {}, () => expect.fail('looked'));
    expect(config.clientId).to.equal('c');
  });
});

describe('serviceIdentity', () => {
  it('reads version, environment and instance from the variable and the resource, the variable first', () => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2.3, deployment.environment.name=pre%20prod,,x',
    };
    const attributes = { 'service.version': '9', 'service.instance.id': 'pod-1', 'service.name': 'shop' };
    expect(serviceIdentity(env, { attributes })).to.deep.equal({
      name: 'shop',
      version: '1.2.3',
      environment: 'pre prod',
      instanceId: 'pod-1',
    });
  });

  it('knows the older name of the environment, behind the new one', () => {
    const old = { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=old' };
    expect(serviceIdentity(old, undefined).environment).to.equal('old');
    const attributes = { 'deployment.environment.name': 'new' };
    expect(serviceIdentity(old, { attributes }).environment).to.equal('new');
  });

  it('takes no value that is no text, leaves out what does not decode, and cuts what no backend takes', () => {
    const attributes = { 'service.version': 7, 'service.instance.id': 'x'.repeat(300) };
    const identity = serviceIdentity({ OTEL_RESOURCE_ATTRIBUTES: 'service.version=%E0' }, { attributes });
    expect(identity.version).to.equal(undefined);
    expect(identity.instanceId).to.have.length(256);
  });

  it('does not touch the attributes of a resource that is still finding some out', () => {
    const pending: ResourceLike = {
      asyncAttributesPending: true,
      getRawAttributes: () => [
        ['service.name', 'first'],
        ['service.version', Promise.resolve('later')],
        ['service.name', 'second'],
      ],
      get attributes(): never {
        return expect.fail('read');
      },
    };
    expect(serviceIdentity({}, pending)).to.include({ name: 'first', version: undefined });
  });

  it('is sent as members of the protocol, nothing of it without `extendedFields`', () => {
    const service = { name: 'n', version: '1', environment: undefined, instanceId: 'i' };
    expect(serviceMembers({ service, extendedFields: true })).to.deep.equal({
      service_version: '1',
      service_instance_id: 'i',
    });
    expect(serviceMembers({ service, extendedFields: false })).to.deep.equal({});
  });
});
