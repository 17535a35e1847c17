import fc from 'fast-check';
import type { Service } from '../../../../../../src/lib/compose/project.js';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
const path = fc.stringMatching(/^(\/[a-z][a-z0-9]{0,5}){1,3}$/);
const text = fc.string({ maxLength: 12 }).filter((value) => !value.includes('\0'));
const words = fc.array(word, { minLength: 1, maxLength: 3 });
const sortedWords = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
const bytes = fc.integer({ min: 1, max: 1024 }).map((mebibytes) => String(mebibytes * 1_048_576));
const duration = fc.constantFrom('5ms', '2s', '1m30s', '1h0m0s', '1.5s');
const texts = fc.dictionary(word, text, { minKeys: 1, maxKeys: 3 });

const ports = fc.uniqueArray(fc.integer({ min: 1001, max: 65_535 }), { minLength: 1, maxLength: 3 }).chain((targets) =>
  fc.tuple(
    ...targets
      .sort((one, other) => one - other)
      .map((target) =>
        fc.record(
          {
            mode: fc.constant('ingress' as const),
            target: fc.constant(target),
            protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
            published: fc.constantFrom('8080', '8000-8010'),
            host_ip: fc.constantFrom('127.0.0.1', '::1'),
          },
          { requiredKeys: ['mode', 'target', 'protocol'] },
        ),
      ),
  ),
);

const mount = (target: string): fc.Arbitrary<NonNullable<Service['volumes']>[number]> =>
  fc.oneof(
    fc
      .record(
        {
          source: word,
          read_only: fc.constant(true),
          volume: fc.record({ nocopy: fc.constant(true), labels: texts, subpath: word }, { requiredKeys: [] }),
        },
        { requiredKeys: ['volume'] },
      )
      .map((options) => ({ type: 'volume' as const, target, ...options })),
    fc
      .record(
        {
          source: path,
          read_only: fc.constant(true),
          bind: fc.oneof(
            fc.record(
              {
                create_host_path: fc.constant(true),
                propagation: fc.constantFrom('rslave', 'rshared'),
                selinux: fc.constantFrom('z', 'Z'),
              },
              { requiredKeys: ['create_host_path'] },
            ),
            fc.record(
              {
                create_host_path: fc.boolean(),
                propagation: fc.constant('rslave'),
                recursive: fc.constantFrom('disabled', 'writable', 'readonly'),
              },
              { requiredKeys: ['create_host_path', 'recursive'] },
            ),
          ),
        },
        { requiredKeys: ['source', 'bind'] },
      )
      .map((options) => ({ type: 'bind' as const, target, ...options })),
    fc
      .record({ size: fc.integer({ min: 1, max: 1e9 }), mode: fc.integer({ min: 1, max: 0o1777 }) })
      .map((tmpfs) => ({ type: 'tmpfs' as const, target, tmpfs })),
  );

const volumes = fc
  .uniqueArray(path, { minLength: 1, maxLength: 4 })
  .chain((targets) => fc.tuple(...[...targets].sort().map(mount)));

const attachment = fc.option(
  fc.record(
    {
      aliases: fc.uniqueArray(
        word.map((alias) => `a-${alias}`),
        { minLength: 1, maxLength: 2 },
      ),
      ipv4_address: fc.constant('172.28.0.9'),
      link_local_ips: fc.constant(['169.254.1.1']),
      driver_opts: texts,
      gw_priority: fc.integer({ min: 1, max: 9 }),
      interface_name: fc.constant('eth7'),
    },
    { requiredKeys: [] },
  ),
  { nil: null },
);

const network = fc.oneof(
  fc.record({ network_mode: fc.constantFrom('host', 'none', 'bridge', 'container:other') }),
  fc.record({
    networks: fc
      .dictionary(word, attachment, { minKeys: 1, maxKeys: 3 })
      .map((all) =>
        Object.fromEntries(
          Object.entries(all).map(([key, value]) => [
            key,
            value !== null && Object.keys(value).length === 0 ? null : value,
          ]),
        ),
      ),
  }),
);

const health = fc.oneof(
  fc.constant({ disable: true }),
  fc.record(
    {
      test: words.map((line) => ['CMD', ...line]),
      interval: duration,
      timeout: duration,
      start_period: duration,
      start_interval: duration,
      retries: fc.integer({ min: 1, max: 10 }),
    },
    { requiredKeys: ['test'] },
  ),
);

const limit = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.record({ soft: fc.integer({ min: 0, max: 50 }), hard: fc.integer({ min: 51, max: 100 }) }),
);
const rates = fc.array(fc.record({ path, rate: bytes }), { minLength: 1, maxLength: 2 });

const deploy = fc.record({
  resources: fc.oneof(
    fc.record({
      limits: fc.oneof(
        fc.record({ cpus: fc.integer({ min: 1, max: 400 }).map((percent) => String(percent / 100)) }),
        fc.record({ memory: bytes, pids: fc.integer({ min: 1, max: 999 }) }),
      ),
    }),
    fc.record({
      reservations: fc.record({
        memory: bytes,
        devices: fc.array(
          fc.record(
            { capabilities: words, count: fc.constantFrom(-1, 2), driver: word, options: texts },
            { requiredKeys: ['capabilities', 'count'] },
          ),
          { minLength: 1, maxLength: 2 },
        ),
      }),
    }),
  ),
});

/**
 * Services in canonical form of every key that a container keeps in the one spelling in which it is given back: lists
 * whose order means nothing are sorted, limits are under `deploy`.
 */
export const arbitraryService: fc.Arbitrary<Service> = fc
  .tuple(
    network,
    fc.record(
      {
        image: word,
        command: words,
        entrypoint: words,
        environment: fc.dictionary(fc.stringMatching(/^[A-Z]{1,6}$/), text, { minKeys: 1, maxKeys: 3 }),
        labels: texts,
        ports,
        expose: fc
          .uniqueArray(fc.integer({ min: 2, max: 1000 }), { minLength: 1, maxLength: 3 })
          .map((all) => all.sort((one, other) => one - other).map((port) => `${port}/udp`)),
        volumes,
        tmpfs: fc
          .uniqueArray(path, { minLength: 1, maxLength: 2 })
          .map((all) => all.sort().map((one) => `${one}:size=1m`)),
        healthcheck: health,
        restart: fc.constantFrom('always', 'unless-stopped', 'on-failure', 'on-failure:3'),
        container_name: word.map((name) => `my-${name}`),
        domainname: word,
        user: word,
        working_dir: path,
        stop_signal: fc.constantFrom('SIGINT', 'SIGUSR1'),
        stop_grace_period: fc.constantFrom('1s', '1m30s', '0s'),
        tty: fc.constant(true),
        stdin_open: fc.constant(true),
      },
      { requiredKeys: ['image'] },
    ),
    fc.record(
      {
        privileged: fc.constant(true),
        read_only: fc.constant(true),
        init: fc.boolean(),
        runtime: fc.constant('crun'),
        userns_mode: fc.constant('host'),
        cap_add: words,
        cap_drop: words,
        security_opt: fc.constant(['no-new-privileges:true']),
        group_add: words,
        dns: fc.constant(['1.1.1.1']),
        dns_search: words,
        dns_opt: words,
        extra_hosts: sortedWords.map((hosts) => hosts.map((host) => `${host}=::1`).sort()),
        sysctls: texts,
        storage_opt: texts,
        cgroup: fc.constant('private'),
        cgroup_parent: word,
        device_cgroup_rules: fc.constant(['c 1:3 mr']),
        devices: fc.array(fc.record({ source: path, target: path, permissions: fc.constantFrom('rwm', 'r') }), {
          minLength: 1,
          maxLength: 2,
        }),
        annotations: texts,
        pid: fc.constant('host'),
        ipc: fc.constantFrom('host', 'shareable', 'none'),
        logging: fc.oneof(fc.record({ driver: word, options: texts }), fc.record({ driver: word })),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        cpu_shares: fc.integer({ min: 2, max: 999 }),
        cpu_quota: fc.integer({ min: 1, max: 999 }),
        cpu_period: fc.integer({ min: 1, max: 999 }),
        cpuset: fc.constant('0-1'),
        mem_swappiness: fc.constantFrom('0', '60'),
        memswap_limit: fc.constant('-1'),
        oom_kill_disable: fc.constant(true),
        oom_score_adj: fc.constantFrom(-5, 5),
        shm_size: bytes.filter((size) => size !== '67108864'),
        ulimits: fc.dictionary(word, limit, { minKeys: 1, maxKeys: 3 }),
        blkio_config: fc.record(
          {
            weight: fc.integer({ min: 10, max: 1000 }),
            weight_device: fc.array(fc.record({ path, weight: fc.integer({ min: 10, max: 1000 }) }), { minLength: 1 }),
            device_read_bps: rates,
            device_write_iops: rates,
          },
          { requiredKeys: ['weight'] },
        ),
        deploy,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([networks, container, host, resources]) => {
    // A container in the network of another has the name of that one.
    const { domainname, ...rest } = container;
    const isShared = 'network_mode' in networks && networks.network_mode.startsWith('container:');
    const named = isShared || domainname === undefined ? rest : { ...rest, domainname };
    return { ...networks, ...named, ...host, ...resources };
  });
