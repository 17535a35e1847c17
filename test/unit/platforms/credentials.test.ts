import { describe, expect, test } from 'vitest';
import { findDeisCredentials } from '../../../src/lib/platforms/deis/credentials.js';
import { findDockerCloudCredentials } from '../../../src/lib/platforms/dockercloud/credentials.js';
import { findOracleCredentials } from '../../../src/lib/platforms/oracle/credentials.js';

/** A disk that holds one file. */
const holding =
  (file: string, content: unknown) =>
  (asked: string): string | undefined =>
    asked === file ? (typeof content === 'string' ? content : JSON.stringify(content)) : undefined;

const emptyDisk = (): undefined => undefined;

describe('Docker Cloud credentials, in the original order', () => {
  const hub = 'https://index.docker.io/v1/';
  const file = '/home/me/.docker/config.json';
  const loggedIn = holding(file, { auths: { [hub]: { auth: 'dXNlcjpwYXNz' } } });

  test.each([
    [{ DOCKERCLOUD_AUTH: 'Basic x', DOCKERCLOUD_USER: 'u', DOCKERCLOUD_APIKEY: 'k' }, loggedIn, 'DOCKERCLOUD_AUTH'],
    [{ DOCKERCLOUD_USER: 'u', DOCKERCLOUD_APIKEY: 'k', DOCKERCLOUD_PASS: 'p' }, loggedIn, 'DOCKERCLOUD_APIKEY'],
    [{ DOCKERCLOUD_USER: 'u', DOCKERCLOUD_PASS: 'p' }, loggedIn, 'DOCKERCLOUD_PASS'],
    [{}, loggedIn, 'config.json'],
    [{}, holding(file, { credsStore: 'desktop' }), 'config.json'],
    [{}, holding(file, { credHelpers: { [hub]: 'pass' } }), 'config.json'],
    [{ DOCKER_CONFIG: '/etc/d' }, holding('/etc/d/config.json', { credsStore: 'pass' }), 'config.json'],
    [{ DOCKERCLOUD_APIKEY: 'k' }, emptyDisk, undefined],
    [{ DOCKERCLOUD_USER: 'u' }, emptyDisk, undefined],
    [{}, holding(file, { auths: { 'other.example.com': { auth: 'x' } } }), undefined],
    [{}, holding(file, 'null'), undefined],
  ])('%j', (env, readFile, source) => {
    expect(findDockerCloudCredentials(env, '/home/me', readFile)).toBe(source);
  });
});

describe('Deis credentials', () => {
  const profile = { controller: 'http://deis.example.com', token: 'abc', username: 'me' };

  test.each([
    [{ DEIS_CONTROLLER: 'http://a', DEIS_TOKEN: 't' }, emptyDisk, 'DEIS_TOKEN'],
    [{}, holding('/home/me/.deis/client.json', profile), 'profile'],
    [{ DEIS_PROFILE: 'staging' }, holding('/home/me/.deis/staging.json', profile), 'profile'],
    [{ DEIS_PROFILE: 'staging' }, holding('/home/me/.deis/client.json', profile), undefined],
    [{ DEIS_CONTROLLER: 'http://a' }, emptyDisk, undefined],
    [{}, holding('/home/me/.deis/client.json', { ...profile, token: null }), undefined],
  ])('%j', (env, readFile, source) => {
    expect(findDeisCredentials(env, '/home/me', readFile)).toBe(source);
  });
});

describe('credentials that cannot be read', () => {
  test('of Docker Cloud and of Deis are not taken for none', () => {
    expect(() => findDockerCloudCredentials({}, '/home/me', holding('/home/me/.docker/config.json', '{bad'))).toThrow(
      expect.objectContaining({ code: 'authentication', message: '/home/me/.docker/config.json is not valid JSON' }),
    );
    expect(() => findDeisCredentials({}, '/home/me', holding('/home/me/.deis/client.json', '{bad'))).toThrow(
      expect.objectContaining({ code: 'authentication', message: '/home/me/.deis/client.json is not valid JSON' }),
    );
  });

  test('of Deis are looked for by name, not by path', () => {
    expect(() => findDeisCredentials({ DEIS_PROFILE: '../../x' }, '/home/me', emptyDisk)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('DEIS_PROFILE') }),
    );
  });
});

describe('Oracle credentials', () => {
  test.each([
    [{ OCCS_URL: 'https://a', OCCS_TOKEN: 't' }, 'OCCS_TOKEN'],
    [{ OCCS_URL: 'https://a', OCCS_USER: 'u', OCCS_PASSWORD: 'p' }, 'OCCS_PASSWORD'],
    [{ OCCS_URL: 'https://a', OCCS_USER: 'u' }, undefined],
    [{ OCCS_TOKEN: 't' }, undefined],
    [{}, undefined],
  ])('%j', (env, source) => {
    expect(findOracleCredentials(env)).toBe(source);
  });
});
