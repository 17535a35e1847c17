// What the benchmark itself asks of Docker: plain HTTP on a unix socket or TCP.
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Opens the Docker that a DOCKER_HOST names: `unix://PATH` or `tcp://HOST:PORT`, without TLS. */
export function openDocker(host) {
  const url = new URL(host);
  if (url.protocol !== 'unix:' && url.protocol !== 'tcp:')
    throw new Error(`DOCKER_HOST is no unix:// or tcp://: ${host}`);
  const agent = new http.Agent({ keepAlive: true });
  const target =
    url.protocol === 'unix:' ? { socketPath: url.pathname } : { host: url.hostname, port: url.port || '2375' };

  const request = (method, path) =>
    new Promise((resolve, reject) => {
      const message = http.request({ ...target, agent, method, path, headers: { Host: 'docker' } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => (text += chunk));
        answer.on('end', () => {
          if (answer.statusCode >= 400) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.trim()}`));
          else resolve(text === '' ? null : JSON.parse(text));
        });
        answer.on('error', reject);
      });
      message.on('error', reject);
      message.end();
    });

  const filter = (values) => `filters=${encodeURIComponent(JSON.stringify(values))}`;
  const ofProject = (project) => filter({ label: [`com.docker.compose.project=${project}`] });
  /** Containers of a Compose project, ended ones too. */
  const containers = (project) => request('GET', `/containers/json?all=1&${ofProject(project)}`);
  return {
    version: async () => (await request('GET', '/version')).Version,
    containers,
    /** Waits until `count` containers of the project are in that state. */
    until: async (project, count, state) => {
      const end = Date.now() + 120_000;
      for (;;) {
        const found = await containers(project);
        if (found.filter(({ State }) => State === state).length >= count) return;
        if (Date.now() > end) throw new Error(`${project} has no ${count} containers that are ${state}`);
        await wait(10);
      }
    },
    /** Removes the containers, networks and volumes of a project, and volumes with this label. */
    removeProject: async (project) => {
      const swallow = () => undefined;
      const gone = (path) => request('DELETE', path).catch(swallow);
      await Promise.all((await containers(project)).map(({ Id }) => gone(`/containers/${Id}?force=1&v=1`)));
      const networks = await request('GET', `/networks?${ofProject(project)}`);
      const volumes = await request('GET', `/volumes?${ofProject(project)}`);
      const records = await request('GET', `/volumes?${filter({ label: [`berth.stack=${project}`] })}`);
      await Promise.all([
        ...networks.map(({ Id }) => gone(`/networks/${Id}`)),
        ...[...(volumes.Volumes ?? []), ...(records.Volumes ?? [])].map(({ Name }) => gone(`/volumes/${Name}`)),
      ]);
    },
    removeImage: (name) => request('DELETE', `/images/${name}?force=1`).catch(() => undefined),
    close: () => agent.destroy(),
  };
}
