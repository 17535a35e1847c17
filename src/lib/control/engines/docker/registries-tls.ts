import { BlockList, isIP } from 'node:net';
import * as v from 'valibot';

const info = v.looseObject({
  RegistryConfig: v.nullish(
    v.looseObject({
      InsecureRegistryCIDRs: v.nullish(v.array(v.string())),
      IndexConfigs: v.nullish(v.record(v.string(), v.looseObject({ Secure: v.nullish(v.boolean()) }))),
    }),
  ),
});

/**
 * Whether a daemon insists on TLS with a registry. Registries of insecure networks and those listed so may be spoken to
 * without; a host name in them counts by its name alone, since only the daemon knows its addresses.
 *
 * @param host `host[:port]`.
 * @param body the answer of `GET /info` (Engine API 1.41).
 */
export function isSecure(host: string, body: unknown): boolean {
  const parsed = v.safeParse(info, body);
  const { InsecureRegistryCIDRs, IndexConfigs } = (parsed.success ? parsed.output.RegistryConfig : null) ?? {};
  const own = IndexConfigs?.[host]?.Secure;
  if (typeof own === 'boolean') return own;
  return !addressesOf(host).some((address) => isWithin(address, InsecureRegistryCIDRs ?? []));
}

function addressesOf(host: string): readonly string[] {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (name === 'localhost') return ['127.0.0.1', '::1'];
  return isIP(name) === 0 ? [] : [name];
}

function isWithin(address: string, networks: readonly string[]): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits = ''] = network.split('/');
    const family = isIP(base);
    if (family !== 0 && /^\d+$/.test(bits)) list.addSubnet(base, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
