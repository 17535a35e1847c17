import fs from 'node:fs';
import path from 'node:path';
import type { Terminal } from '../../ui/terminal.js';
import type { Check } from '../../ui/views/doctor.js';
import { type Environment, homeDirectory, readTextFile, variable } from '../environment.js';
import { ok, skipped, warning } from './outcome.js';

/** What the output is connected to. */
export function checkTerminal(stdout: Terminal, stderr: Terminal, env: Environment): Check {
  const message = `stdout is ${streamText(stdout)}; stderr is ${streamText(stderr)}`;
  if (!stdout.isTTY && !stderr.isTTY) return ok('terminal', message);
  const locale = variable(env, 'LC_ALL') ?? variable(env, 'LC_CTYPE') ?? variable(env, 'LANG');
  if (process.platform !== 'win32' && !/utf-?8/i.test(locale ?? '')) {
    const words = locale === undefined ? 'no locale is set' : `the locale ${locale} is not UTF-8`;
    return warning('terminal', `${message}; ${words}: ✔ and ✖ may come out wrong`, 'Set LANG=C.UTF-8.');
  }
  if (variable(env, 'TERM') === undefined && process.platform !== 'win32') {
    return warning('terminal', `${message}; TERM is not set`, 'Set TERM, for example to xterm-256color.');
  }
  return ok('terminal', message);
}

function streamText({ isTTY, columns, colour }: Terminal): string {
  const coloured = colour ? 'with colour' : 'without colour';
  return isTTY ? `a terminal of ${columns} columns, ${coloured}` : `no terminal, ${coloured}`;
}

interface ShellFiles {
  /** How it is set up: a line, or a command. */
  readonly install: string;
  /** Files in which a line names our script, below the home directory. */
  readonly startUp: readonly string[];
  /** Files that hold the script. */
  readonly scripts: readonly string[];
}

const shellFiles: Readonly<Record<string, ShellFiles>> = {
  bash: {
    install: 'Put this into ~/.bashrc: eval "$(berth completion bash)"',
    startUp: ['.bashrc', '.bash_profile', '.bash_login', '.profile', '.bash_completion'],
    scripts: [
      '.local/share/bash-completion/completions/berth',
      '/usr/share/bash-completion/completions/berth',
      '/usr/local/share/bash-completion/completions/berth',
      '/etc/bash_completion.d/berth',
    ],
  },
  zsh: {
    install: 'Put this into ~/.zshrc, behind compinit: eval "$(berth completion zsh)"',
    startUp: ['.zshrc', '.zprofile', '.zshenv'],
    scripts: [
      '.zfunc/_berth',
      '/usr/share/zsh/site-functions/_berth',
      '/usr/share/zsh/vendor-completions/_berth',
      '/usr/local/share/zsh/site-functions/_berth',
    ],
  },
  fish: {
    install: 'Run `berth completion fish > ~/.config/fish/completions/berth.fish`.',
    startUp: ['.config/fish/config.fish'],
    scripts: ['.config/fish/completions/berth.fish', '/usr/share/fish/vendor_completions.d/berth.fish'],
  },
  pwsh: {
    install: 'Put this into the file $PROFILE names: berth completion powershell | Out-String | Invoke-Expression',
    startUp: [
      '.config/powershell/profile.ps1',
      '.config/powershell/Microsoft.PowerShell_profile.ps1',
      'Documents/PowerShell/Microsoft.PowerShell_profile.ps1',
    ],
    scripts: [],
  },
};

/** Whether the user's shell completes berth, as far as its usual files tell. */
export function checkCompletion(env: Environment): Check {
  const shell = path.basename(variable(env, 'SHELL') ?? '').replace(/\.exe$/, '');
  const files = shellFiles[shell];
  if (shell === '') return skipped('completion', 'SHELL does not say which shell is used');
  if (files === undefined) return skipped('completion', `there is no script for ${shell}`);
  const home = homeDirectory(env);
  const below = (file: string): string => (path.isAbsolute(file) ? file : path.join(home, file));
  const place =
    files.startUp.map(below).find((file) => /\bberth completion\b/.test(readTextFile(file) ?? '')) ??
    files.scripts.map(below).find((file) => fs.existsSync(file));
  if (place !== undefined) return ok('completion', `${shell} loads it: ${place}`);
  return warning('completion', `none of the usual files of ${shell} loads it`, files.install);
}

/** Whether the clock can be right: it is not before this berth was built. @param now milliseconds since 1970. */
export function checkClock(root: string, now: number): Check {
  const here = new Date(now).toISOString();
  const file = path.join(root, 'package.json');
  const installedMs = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (installedMs === undefined) return skipped('clock', `${file} is not there to compare with`);
  const dayMs = 86_400_000;
  if (now > installedMs - dayMs) return ok('clock', here);
  const message = `it is ${here} here, before berth was installed (${new Date(installedMs).toISOString()})`;
  return warning('clock', message, 'Set the clock of this machine: leases and logs go by it.');
}
