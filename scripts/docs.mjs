// Writes docs/commands: a page for every noun and a list of all commands, from oclif.manifest.json; and the tables of
// docs/json.md, from the schemas. With `--check` nothing is written, and pages that differ are named (exit 1). `--out DIR`
// is another folder for the commands' pages, which are then all that is written.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { jsonTables } from './json-tables.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { check: { type: 'boolean' }, out: { type: 'string' } } });
const out = path.resolve(values.out ?? path.join(root, 'docs', 'commands'));

const manifest = JSON.parse(fs.readFileSync(path.join(root, 'oclif.manifest.json'), 'utf8'));
const { oclif } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

function pages() {
  const commands = Object.values(manifest.commands)
    .filter((command) => !command.hidden)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const nounOf = ({ id }) => id.slice(0, Math.max(0, id.indexOf(':')));
  const names = new Set(commands.map(nounOf).filter((noun) => noun !== ''));
  const nouns = new Map([...names].map((noun) => [noun, commands.filter((command) => nounOf(command) === noun)]));
  const shortcuts = commands.filter((command) => nounOf(command) === '');
  const written = new Map([['README.md', index(nouns, shortcuts)]]);
  for (const [noun, verbs] of nouns) written.set(`${noun}.md`, page(`berth ${noun}`, topic(noun), verbs));
  for (const command of shortcuts) written.set(`${command.id}.md`, page(`berth ${command.id}`, '', [command]));
  return written;
}

function topic(noun) {
  return oclif.topics[noun]?.description ?? '';
}

function index(nouns, shortcuts) {
  const row = ({ id, summary }, file) => `| [\`${title(id)}\`](${file}#${anchor(id)}) | ${cell(summary)} |`;
  return text([
    '# Commands',
    'Generated from the commands by `node scripts/docs.mjs`. `berth help` prints the same.',
    ...[...nouns].flatMap(([noun, verbs]) => [
      `## [${noun}](${noun}.md)`,
      topic(noun) && `${topic(noun)}.`,
      table(
        ['Command', 'What it does'],
        verbs.map((command) => row(command, `${noun}.md`)),
      ),
    ]),
    '## Without a noun',
    table(
      ['Command', 'What it does'],
      shortcuts.map((command) => row(command, `${command.id}.md`)),
    ),
  ]);
}

function page(heading, summary, commands) {
  return text([`# ${heading}`, summary && `${summary}.`, ...commands.flatMap(section)]);
}

function section(command) {
  const { id, summary, description, aliases, args, flags, examples } = command;
  const written = [...Object.values(flags)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    `## ${title(id)}`,
    `${summary}.`,
    description,
    code(usages(command).map((line) => `berth ${line}`)),
    aliases.length > 0 && `Also: ${aliases.map((alias) => `\`${title(alias)}\``).join(', ')}.`,
    ...list('Arguments', ['Argument', 'Meaning'], Object.values(args).map(argRow)),
    ...list('Flags', ['Flag', 'Meaning'], written.filter((flag) => !flag.hidden).map(flagRow)),
    '### Examples',
    code(examples.map((example) => (example.command ?? example).replaceAll('<%= config.bin %>', 'berth'))),
  ];
}

function usages({ id, usage, args, strict }) {
  if (usage) return [usage].flat();
  const words = Object.values(args).map(({ name, required }) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );
  const more = strict === false && words.length > 0 ? ' ...' : '';
  return [[id.replaceAll(':', ' '), ...words].join(' ') + more + ' [FLAGS]'];
}

function argRow({ name, description, required, options }) {
  return `| \`${name.toUpperCase()}\` | ${cell(description)}${oneOf(options)}${required ? ' Required.' : ''} |`;
}

function flagRow({ name, char, type, allowNo, multiple, helpValue, summary, options, default: value, required }) {
  const long = `--${allowNo ? '[no-]' : ''}${name}`;
  const spelling = `${char ? `-${char}, ` : ''}${long}${type === 'option' ? ` ${helpValue ?? 'VALUE'}` : ''}`;
  const notes = [
    cell(summary),
    oneOf(options).trim(),
    multiple && 'May be given several times.',
    value !== undefined && value !== false && `Default: \`${value}\`.`,
    required && 'Required.',
  ];
  return `| \`${spelling}\` | ${notes.filter(Boolean).join(' ')} |`;
}

function oneOf(options) {
  return options ? ` One of ${options.map((option) => `\`${option}\``).join(', ')}.` : '';
}

function list(heading, head, rows) {
  return rows.length > 0 ? [`### ${heading}`, table(head, rows)] : [];
}

function table(head, rows) {
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows].join('\n');
}

function code(lines) {
  return ['```sh', ...lines, '```'].join('\n');
}

/** Text in a table: a bar would end the cell, braces of a template or <VALUE> would be taken for markup. */
function cell(words) {
  return words.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function title(id) {
  return `berth ${id.replaceAll(':', ' ')}`;
}

function anchor(id) {
  return title(id).replaceAll(' ', '-');
}

function text(blocks) {
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

const wanted = pages();
const present = fs.existsSync(out) ? fs.readdirSync(out).sort() : [];
const stale = present.filter((file) => !wanted.has(file));
const differing = [...wanted].filter(([file, page]) => !present.includes(file) || read(file) !== page);

function read(file) {
  return fs.readFileSync(path.join(out, file), 'utf8');
}

const jsonPage = path.join(root, 'docs', 'json.md');
const jsonBefore = fs.readFileSync(jsonPage, 'utf8');
const jsonAfter = values.out === undefined ? withTables(jsonBefore) : jsonBefore;

/** The page as a person wrote it, with the tables below the mark. */
function withTables(page) {
  const mark = '<!-- Generated from here on: node scripts/docs.mjs -->';
  const [written] = page.split(mark);
  const [start, end] = ['start', 'end'].map((side) => `<!-- prettier-ignore-${side} -->`);
  return `${written}${mark}\n\n${start}\n\n${jsonTables(root, manifest)}\n\n${end}\n`;
}

if (values.check) {
  const pages = [...stale, ...differing.map(([file]) => file)].map((file) => path.join(out, file));
  for (const file of jsonAfter === jsonBefore ? pages : [...pages, jsonPage]) {
    console.error(`${path.relative(root, file)} is not what the commands say: run node scripts/docs.mjs`);
    process.exitCode = 1;
  }
} else {
  fs.mkdirSync(out, { recursive: true });
  for (const file of stale) fs.rmSync(path.join(out, file));
  for (const [file, page] of differing) fs.writeFileSync(path.join(out, file), page);
  if (jsonAfter !== jsonBefore) fs.writeFileSync(jsonPage, jsonAfter);
}
