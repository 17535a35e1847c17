#!/usr/bin/env node
'use strict';

// Runs berth from its TypeScript sources: `node --import tsx bin/dev.js ...`. oclif's own TypeScript mode does not work
// with tsx, so commands are discovered in src/commands and nothing is transpiled by oclif.

const path = require('node:path');

async function main() {
  const { main: run } = await import('../src/lib/cli/main.ts');
  process.exitCode = await run({
    root: path.dirname(__dirname),
    argv: process.argv.slice(2),
    commands: './src/commands',
  });
}

main();
