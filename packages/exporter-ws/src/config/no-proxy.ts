import { hostOf, portOf } from './endpoint-url.ts';

const { BlockList, isIP } = process.getBuiltinModule('node:net');

/**
 * Whether a list of `NO_PROXY` names the host of `target`. Its elements are separated by commas or spaces: `*` for every host, a
 * name, which stands for those below it too (with or without a leading `.` or `*.`), an address, or a network (CIDR); each
 * with `:` and a port where it is to hold for that port only. Pure.
 */
export function isExempt(target: URL, list: string): boolean {
  const host = hostOf(target).toLowerCase();
  const port = portOf(target);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((element) => element !== '' && names(element, host, port));
}

function names(element: string, host: string, port: string): boolean {
  if (element === '*') return true;
  const { name, port: onlyPort } = parts(element);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (isIP(host) !== 0) return holds(name, host);
  const suffix = name.replace(/^\*?\./, '');
  return host === suffix || host.endsWith(`.${suffix}`);
}

/** `host:port`, `[::1]:port`, or either without the port; an IPv6 address needs no brackets. */
function parts(element: string): { readonly name: string; readonly port: string | undefined } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(element) ?? [];
  return { name: bracketed ?? plain ?? element, port };
}

function holds(name: string, address: string): boolean {
  const [network = '', prefix] = name.split('/');
  const family = isIP(network);
  if (family === 0) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (prefix === undefined) list.addAddress(network, type);
  else if (/^\d+$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
    list.addSubnet(network, Number(prefix), type);
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
