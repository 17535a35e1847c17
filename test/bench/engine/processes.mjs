// Runs the commands that are measured.
import { spawn } from 'node:child_process';
import fs from 'node:fs';

/** Seconds until the process has ended. Throws with its last words when it fails. */
export async function timed(command, args, options) {
  const started = performance.now();
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk) => (words = `${words}${chunk}`.slice(-2000)));
  const status = await ended(child);
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')}: ${words.trim() || `exit status ${status}`}`);
  return (performance.now() - started) / 1000;
}

/**
 * Reads the output of a process until a line ends with `last`, then ends the process. Gives the seconds until then, from
 * the start of the process, and the most memory it had (bytes) when it was a quarter through and at the end.
 */
export async function readLines(command, args, { last, bytes, ...options }) {
  const started = performance.now();
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk) => (words = `${words}${chunk}`.slice(-2000)));
  const ending = new RegExp(`(^|\\D)${last}\\r?\\n$`);
  const seen = { bytes: 0, tail: '', seconds: null, quarterRss: null, rss: null };
  child.stdout.on('data', (chunk) => {
    seen.bytes += chunk.length;
    if (seen.quarterRss === null && seen.bytes >= bytes / 4) seen.quarterRss = peakMemory(child.pid);
    seen.tail = `${seen.tail}${chunk.subarray(-64).toString('latin1')}`.slice(-64);
    if (seen.seconds !== null || !ending.test(seen.tail)) return;
    seen.seconds = (performance.now() - started) / 1000;
    seen.rss = peakMemory(child.pid) ?? seen.rss;
    child.kill('SIGINT');
  });
  // A process that has written everything may end before it is looked at.
  const watch = setInterval(() => (seen.rss = peakMemory(child.pid) ?? seen.rss), 20);
  const status = await ended(child);
  clearInterval(watch);
  if (seen.seconds === null) {
    const read = `${seen.bytes} bytes, and not the last line`;
    throw new Error(`${[command, ...args].join(' ')}: ${words.trim() || `exit status ${status}`} (${read})`);
  }
  return { seconds: seen.seconds, rss: seen.rss, quarterRss: seen.quarterRss };
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

/** VmHWM of /proc, in bytes; null where the system does not tell, or the process is gone. */
function peakMemory(pid) {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}
