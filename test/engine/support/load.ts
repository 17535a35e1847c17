import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** One request: never tried again by the client. */
export interface Answer {
  readonly ok: boolean;
  /** What was answered, or why nothing was. */
  readonly text: string;
  readonly tookMs: number;
  /** When it was asked, by a clock that nobody sets. */
  readonly atMs: number;
  /** How many replicas a relay in front had to ask; null without one. */
  readonly tries: number | null;
}

export interface Load {
  readonly answers: readonly Answer[];
  /** Waits for what is under way. */
  stop(): Promise<readonly Answer[]>;
}

/** Asks for one page, on a connection of its own. */
export function ask(url: string, timeoutMs = 20_000): Promise<Answer> {
  const atMs = performance.now();
  return new Promise((resolve) => {
    const end = (ok: boolean, text: string, tries: number | null = null): void => {
      resolve({ ok, text: text.trim(), tookMs: performance.now() - atMs, atMs, tries });
    };
    const request = http.get(url, { agent: false, timeout: timeoutMs }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('error', (error) => end(false, String(error)));
      response.on('end', () => {
        const { 'x-tries': tries } = response.headers;
        end(response.statusCode === 200 && text !== '', text, tries === undefined ? null : Number(tries));
      });
    });
    request.on('error', (error) => end(false, String(error)));
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
  });
}

/** Clients that ask one request after the other, with a pause between them, until they are stopped. */
export function startLoad(urls: readonly string[], pauseMs: number): Load {
  const answers: Answer[] = [];
  let on = true;
  const client = async (url: string): Promise<void> => {
    while (on) {
      answers.push(await ask(url));
      await wait(pauseMs);
    }
  };
  const clients = Promise.all(urls.map(client));
  return {
    answers,
    stop: async () => {
      on = false;
      await clients;
      return answers;
    },
  };
}

/** The longest time in which nothing was answered well, in milliseconds; requests count from when they were asked. */
export function longestGapMs(answers: readonly Answer[]): number {
  const ends = answers
    .filter(({ ok }) => ok)
    .map(({ atMs, tookMs }) => atMs + tookMs)
    .sort((one, other) => one - other);
  return Math.max(0, ...ends.slice(1).map((end, index) => end - (ends[index] ?? end)));
}
