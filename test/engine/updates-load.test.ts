import { expect, test } from 'vitest';
import { eventually } from '../contract/harness.js';
import { type Answer, ask, longestGapMs, startLoad } from './support/load.js';
import { type Home, openHome } from './support/home.js';
import { fewestUp, mostUp, openTimeline } from './support/timeline.js';

const health = `{ test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:8080/"], interval: 500ms, retries: 20 }`;

/** A relay that every request goes through, and the service behind it that is updated. */
const relayed = (version: number, replicas: number): string => `
name: shop
services:
  lb:
    image: local/web:1
    ports: ["8000:8080"]
    configs: [{ source: relay, target: /www/cgi-bin/relay.cgi, mode: 0755 }]
  web:
    image: local/web:${version}
    healthcheck: ${health}
    deploy: { replicas: ${replicas}, update_config: { parallelism: 1, order: start-first } }
configs:
  relay:
    content: |
      #!/bin/sh
      # As nginx does: every request asks for the addresses of the service, and goes to the next one where a connection is
      # refused, takes more than a second, or ends without an answer.
      tries=0
      for round in 1 2 3 4 5; do
        for address in $$(nslookup -type=a web | sed -n 's/^Address: \\([0-9.]*\\)$$/\\1/p'); do
          tries=$$((tries + 1))
          answer=$$(printf 'GET /%s HTTP/1.0\\r\\n\\r\\n' "$$QUERY_STRING" | nc -w 1 "$$address" 8080 | sed '1,/^\\r*$$/d')
          if [ -n "$$answer" ]; then
            printf 'Content-Type: text/plain\\r\\nX-Tries: %s\\r\\n\\r\\n%s\\n' "$$tries" "$$answer"
            exit
          fi
        done
      done
      printf 'Status: 502 Bad Gateway\\r\\n\\r\\n'
`;

/** A service that publishes a port by itself. */
const published = (version: number, ports: string, replicas: number): string => `
name: shop
services:
  web:
    image: local/web:${version}
    ports: ["${ports}:8080"]
    healthcheck: ${health}
    deploy: { replicas: ${replicas}, update_config: { order: start-first, monitor: 0s } }
`;

async function up(home: Home, file: string): Promise<void> {
  home.write('compose.yaml', file);
  const { exitCode, stderr } = await home.berth('stack', 'up', '--quiet');
  expect(exitCode, stderr).toBe(0);
}

function print(title: string, answers: readonly Answer[]): void {
  const failed = answers.filter(({ ok }) => !ok);
  const again = answers.filter(({ tries }) => (tries ?? 1) > 1).length;
  const slowest = Math.max(...answers.map(({ tookMs }) => tookMs));
  const words = [`${answers.length} requests`, `${failed.length} failed`, `${again} relayed again`];
  process.stdout.write(
    `${title}: ${words.join(', ')}; longest answer ${Math.round(slowest)} ms, longest gap ${Math.round(longestGapMs(answers))} ms\n`,
  );
}

test.concurrent.for([
  [3, [2]],
  [1, [2, 1, 2]],
] as const)(
  'load through a relay while %i replicas are replaced: nothing fails',
  async ([replicas, versions], context) => {
    const home = await openHome(context);
    await up(home, relayed(1, replicas));
    const url = `http://${home.engine.address}:8000/cgi-bin/relay.cgi`;
    // The last one asks for what takes a second: it is under way when its replica is told to stop.
    const load = startLoad([...Array.from({ length: 4 }, () => url), `${url}?cgi-bin/slow.cgi?1`], 5);
    await eventually('load', async () => (load.answers.length > 100 ? true : undefined));
    for (const version of versions) await up(home, relayed(version, replicas));
    const count = load.answers.length;
    await eventually('load after it', async () => (load.answers.length > count + 50 ? true : undefined));
    const answers = await load.stop();

    print(`load during ${versions.length} updates of ${replicas} replicas`, answers);
    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['1', '2']));
    expect(answers.slice(-20).map(({ text }) => text)).toEqual(Array.from({ length: 20 }, () => '2'));
    expect(answers.length).toBeGreaterThan(300);
  },
);

test.concurrent('a range with room: old and new run at once, and some port of it always answers', async (context) => {
  const home = await openHome(context);
  await up(home, published(1, '8000-8003', 2));
  const timeline = await openTimeline(home.engine);
  const answers: Answer[] = [];
  const ports = [8000, 8001, 8002, 8003].map((port) => `http://${home.engine.address}:${port}/`);
  let on = true;
  const client = (async () => {
    while (on) {
      const all = await Promise.all(ports.map((url) => ask(url)));
      const best = all.find(({ ok }) => ok) ?? all[0];
      if (best !== undefined) answers.push(best);
    }
  })();
  await up(home, published(2, '8000-8003', 2));
  on = false;
  await client;
  timeline.stop();

  print('a published range during an update', answers);
  expect(answers.filter(({ ok }) => !ok)).toEqual([]);
  expect([fewestUp(timeline, 2), mostUp(timeline, 2)]).toEqual([2, 3]);
  expect(await home.containers()).toEqual(['shop-web-1 local/web:2 running', 'shop-web-2 local/web:2 running']);
});

test.concurrent.for([
  ['one fixed port', '8000', 1],
  ['a range without room', '8000-8001', 2],
] as const)('%s: replicas are stopped first, and it does not take long', async ([title, range, replicas], context) => {
  const home = await openHome(context);
  await up(home, published(1, range, replicas));
  const timeline = await openTimeline(home.engine);
  const load = startLoad([`http://${home.engine.address}:8000/`], 5);
  await up(home, published(2, range, replicas));
  const seen = await eventually(
    'the new version',
    async () => load.answers.some(({ text }) => text === '2') || undefined,
  );
  expect(seen).toBe(true);
  const answers = await load.stop();
  timeline.stop();

  print(`${title} during an update`, answers);
  expect([fewestUp(timeline, replicas), mostUp(timeline, replicas)]).toEqual([replicas - 1, replicas]);
  expect(longestGapMs(answers)).toBeLessThan(5_000);
});
