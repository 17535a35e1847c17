// Builds the images that tests, benchmarks and `npm run start:docker` run, from the busybox of this machine: no registry
// is asked. All of them hold the same files and differ in what they start.
//
//   node scripts/engine-image.mjs KIND=NAME[:TAG] ...      for example steady=example/steady:1 web=local/web:2
//
// Docker is found as the docker command finds it: DOCKER_HOST, DOCKER_CONTEXT, its contexts. An image that is there
// already, of the same content, is left as it is.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { directory, file, fifo, link, tarball } from './tar.mjs';

const busybox = '/bin/busybox';
const label = 'berth.test-image';

/** What each kind starts, as instructions of a Dockerfile. The scripts are in scripts/engine-image. */
const kinds = {
  /** Runs until it is stopped, and writes a line about every 100 ms. */
  steady: ['CMD ["work"]'],
  /** Says one line and exits with 3, about 50 ms after every start. */
  crashing: ['CMD ["crash"]'],
  /** As steady, and healthy after 1.5 s. */
  slow: ['CMD ["work"]', 'ENV HEALTHY_AFTER=1.5', healthcheck()],
  /** As steady, and healthy after 10 s. */
  late: ['CMD ["work"]', 'ENV HEALTHY_AFTER=10', healthcheck()],
  /** Says two lines and exits with 0. */
  once: ['CMD ["once"]'],
  /** Answers HTTP on port 8080 with its tag, until it is stopped; what it is answering by then is answered. */
  web: ['CMD ["web"]', 'EXPOSE 8080'],
};

/** The check takes as long as it takes to get healthy, so that one is enough; start-period: none counts as failed. */
function healthcheck() {
  return 'HEALTHCHECK --interval=200ms --timeout=120s --start-period=120s CMD ["healthy"]';
}

async function main(words) {
  const images = words.map(parse);
  if (images.length === 0) throw new Error('name an image or more: KIND=NAME[:TAG]');
  const content = rootfs();
  for (const image of images) {
    const changes = [...kinds[image.kind], `ENV VERSION=${image.tag}`];
    const digest = createHash('sha256').update(content).update(changes.join('\n')).digest('hex').slice(0, 32);
    if ((await digestOf(image.name)) === digest) continue;
    const instructions = [...changes, 'ENV PATH=/bin', `LABEL ${label}=${digest}`];
    const flags = instructions.flatMap((instruction) => ['--change', instruction]);
    const { status, stderr } = await docker(['import', ...flags, '-', image.name], content);
    if (status !== 0) throw new Error(`docker import: ${stderr.trim()}`);
  }
}

function parse(word) {
  const [, kind, repository, tag = 'latest'] = /^([a-z]+)=([^:]+)(?::([\w.-]+))?$/.exec(word) ?? [];
  if (kind === undefined) throw new Error(`${word} is not KIND=NAME[:TAG]`);
  if (!(kind in kinds)) throw new Error(`there is no kind ${kind} of image, only ${Object.keys(kinds).join(', ')}`);
  return { kind, tag, name: `${repository}:${tag}` };
}

/** What the image of that name was made from; null when it is not there, or comes from somewhere else. */
async function digestOf(name) {
  const { status, stdout } = await docker([
    'image',
    'inspect',
    '--format',
    `{{index .Config.Labels "${label}"}}`,
    name,
  ]);
  return status === 0 ? stdout.trim() : null;
}

function docker(args, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn('docker', args);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', () => reject(new Error('the docker command is missing: apt-get install docker.io')));
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    // A docker that ends without reading has said why on stderr.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** The files of all images, as a tar archive. The same bytes for the same busybox and scripts. */
function rootfs() {
  const scripts = path.join(import.meta.dirname, 'engine-image');
  const own = fs.readdirSync(scripts).map((name) => [name, fs.readFileSync(path.join(scripts, name))]);
  const folders = ['bin', 'dev', 'etc', 'proc', 'run', 'sys', 'var', 'var/run', 'www', 'www/cgi-bin'];
  return tarball([
    ...folders.map((name) => directory(name, 0o755)),
    directory('tmp', 0o1777),
    file('bin/busybox', staticBusybox(), 0o755),
    ...applets().map((name) => link(`bin/${name}`, 'busybox')),
    ...own.map(([name, content]) =>
      file(name.endsWith('.cgi') ? `www/cgi-bin/${name}` : `bin/${name}`, content, 0o755),
    ),
    link('bin/serve', 'work'),
    link('www/index.html', '/dev/shm/index.html'),
    file('etc/passwd', 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n', 0o644),
    file('etc/group', 'root:x:0:\nnogroup:x:65534:\n', 0o644),
    // What `work` waits on: nobody writes to it, so that a read with a time limit is a sleep without a process.
    fifo('run/never', 0o666),
  ]);
}

/** The applets that the scripts and the tests use. */
function applets() {
  const names =
    '[ basename cat chmod cp cut date dd df dirname du echo env expr false find free grep head hostname httpd id ip kill ' +
    'ln ls mkdir mkfifo mount mv nc nslookup pgrep pidof ping printenv printf ps pwd readlink rm rmdir sed seq sh sleep ' +
    'sort stat stty sync tail tar tee test timeout top touch tr true tty uname uniq uptime usleep vi wc wget which who ' +
    'whoami xargs yes';
  return names.split(' ');
}

/** The bytes of busybox. A program that names an interpreter (PT_INTERP of ELF) needs libraries: it would not start. */
function staticBusybox() {
  const advice = 'apt-get install busybox-static';
  if (!fs.existsSync(busybox)) throw new Error(`there is no ${busybox}: ${advice}`);
  const elf = fs.readFileSync(busybox);
  if (elf.toString('latin1', 0, 4) !== '\x7fELF' || elf[4] !== 2 || elf[5] !== 1) {
    throw new Error(`${busybox} is no 64-bit little-endian program: ${advice}`);
  }
  const [start, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  for (let index = 0; index < count; index++) {
    if (elf.readUInt32LE(start + index * size) === 3) throw new Error(`${busybox} needs libraries: ${advice}`);
  }
  return elf;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`engine-image: ${error.message}`);
  process.exitCode = 1;
}
