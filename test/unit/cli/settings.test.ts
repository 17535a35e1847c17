import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { berthHome } from '../../../src/lib/cli/environment.js';
import { readSettings, writeSettings } from '../../../src/lib/cli/settings.js';

function folder(): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-settings-'));
  onTestFinished(() => {
    fs.rmSync(made, { recursive: true });
  });
  return made;
}

describe('settings', () => {
  test('are empty until something is set, and read back what was written', () => {
    const home = path.join(folder(), 'deep', 'home');
    expect(readSettings(home)).toEqual({});
    writeSettings(home, { backend: 'engine' });
    expect(readSettings(home)).toEqual({ backend: 'engine' });
    expect(fs.readdirSync(home)).toEqual(['settings.json']);
    expect(fs.statSync(path.join(home, 'settings.json')).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['{"backend": ', 'is not valid JSON'],
    ['[]', 'must hold a JSON object'],
    ['null', 'must hold a JSON object'],
    ['{"backend": 3}', '"backend" must be a string'],
  ])('%s is refused and left as it is', (content, message) => {
    const home = folder();
    const file = path.join(home, 'settings.json');
    fs.writeFileSync(file, content);
    expect(() => readSettings(home)).toThrow(
      expect.objectContaining({ code: 'settings', message: expect.stringContaining(message) }),
    );
    expect(fs.readFileSync(file, 'utf8')).toBe(content);
  });

  test('that cannot be written say so', () => {
    const home = folder();
    fs.writeFileSync(path.join(home, 'file'), '');
    expect(() => {
      writeSettings(path.join(home, 'file'), {});
    }).toThrow(expect.objectContaining({ code: 'settings', message: expect.stringContaining('cannot write') }));
  });
});

describe('berthHome', () => {
  test.each([
    [{ BERTH_HOME: '/b', XDG_DATA_HOME: '/x', HOME: '/h' }, '/b'],
    [{ XDG_DATA_HOME: '/x', HOME: '/h' }, '/x/berth'],
    [{ BERTH_HOME: '', HOME: '/h' }, '/h/.local/share/berth'],
    [{ BERTH_HOME: 'here', HOME: '/h' }, '/work/here'],
    [{ XDG_DATA_HOME: 'relative', HOME: '/h' }, '/h/.local/share/berth'],
  ])('%j', (env, home) => {
    expect(berthHome(env, () => '/work')).toBe(home);
  });
});
