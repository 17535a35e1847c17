// Tables for docs/json.md: what each command prints with --json, and the fields of every noun, from the schemas that the
// contract suite holds commands to. What a field means is taken from the doc comments of src/lib/port and the views.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** @param root the folder of package.json. @returns Markdown. */
export function jsonTables(root, manifest) {
  const folder = path.join(root, 'test', 'contract', 'schemas');
  const schemas = new Map(fs.readdirSync(folder).map((file) => [file, readJson(path.join(folder, file))]));
  const defs = { ...schemas.get('nouns.json').$defs, error: schemas.get('error.json').properties.error };
  const comments = commentsIn([path.join(root, 'src', 'lib', 'port'), path.join(root, 'src', 'lib', 'ui', 'views')]);
  const used = new Set();
  const commands = Object.values(manifest.commands)
    .filter(({ id, hidden, aliases }) => !hidden && !aliases?.includes(id) && schemas.has(schemaFile(id)))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id }) => commandRow(id, schemas.get(schemaFile(id)), defs, used));
  used.add('error');
  const sections = [];
  for (const name of used) sections.push({ name, text: nounText(name, defs, comments, used) });
  sections.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    '## What each command prints',
    table(['Command', 'On stdout with `--json`'], commands),
    '## Nouns',
    'A field with `?` may be absent. Times are RFC 3339.',
    ...sections.flatMap(({ name, text }) => [`### ${name}`, text]),
  ].join('\n\n');
}

function schemaFile(id) {
  return `${id.replaceAll(':', '-')}.json`;
}

function commandRow(id, schema, defs, used) {
  const streams = schema.$comment?.startsWith('One object a line') === true;
  const type = typeOf(schema, defs, used);
  return `| \`${id.replaceAll(':', ' ')}\` | ${streams ? `a line each: ${type}` : type} |`;
}

/** Nouns that are not worth a section of their own. */
const plain = {
  text: 'text',
  name: 'text',
  time: 'time',
  preciseTime: 'time',
  count: 'number',
  port: 'number',
  open: 'object',
};

/** The type in words; objects that have a section are linked, and put into `used`. */
function typeOf(schema, defs, used) {
  if (schema.$ref !== undefined && schema.properties === undefined) return refType(schema.$ref, defs, used);
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined)
    return schema.enum.map((value) => (value === null ? 'null' : `\`${value}\``)).join(', ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map((one) => typeOf(one, defs, used)))].join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {}, defs, used)}`;
  const { properties, required } = flat(schema, defs);
  const names = Object.keys(properties);
  if (names.length > 0)
    return `{ ${names.map((name) => field(name, properties[name], required, defs, used)).join('; ')} }`;
  if (typeof schema.additionalProperties === 'object')
    return `object of ${typeOf(schema.additionalProperties, defs, used)}`;
  const types = [schema.type ?? 'any'].flat();
  return types.map((type) => ({ string: 'text', integer: 'number' })[type] ?? type).join(' or ');
}

function field(name, schema, required, defs, used) {
  return `\`${name}\`${required.has(name) ? '' : '?'} ${typeOf(schema, defs, used)}`;
}

function refType(ref, defs, used) {
  const [file, name] = ref.split('#/$defs/');
  if (name === undefined) return `as \`berth ${file.replace('.json', '').replaceAll('-', ' ')}\``;
  if (plain[name] !== undefined) return plain[name];
  const { properties } = flat(defs[name], defs);
  if (Object.keys(properties).length === 0) return typeOf(defs[name], defs, used);
  used.add(name);
  return `[${name}](#${name.toLowerCase()})`;
}

/** Properties of an object, with those of what it refers to. */
function flat(schema, defs) {
  const [, name] = schema.$ref?.split('#/$defs/') ?? [];
  const base = name === undefined ? { properties: {}, required: new Set() } : flat(defs[name], defs);
  return {
    properties: { ...base.properties, ...schema.properties },
    required: new Set([...base.required, ...(schema.required ?? [])]),
  };
}

/** The fields of a noun; of one that is another with more to it, only what is more. */
function nounText(name, defs, comments, used) {
  const schema = defs[name] ?? defs[`${name}Fields`];
  const [, base = name] = schema.$ref?.match(/([A-Za-z]+)Fields$/) ?? [];
  const isMore = base !== name;
  if (isMore) used.add(base);
  const { properties, required } = isMore
    ? { properties: schema.properties ?? {}, required: new Set(schema.required) }
    : flat(schema, defs);
  const rows = Object.entries(properties).map(([key, type]) => {
    const always = required.has(key) || flat(schema, defs).required.has(key);
    const meaning = [name, base].map((owner) => comments.get(`${capital(owner)}.${key}`)).find(Boolean) ?? '';
    return `| \`${key}\`${always ? '' : '?'} | ${cell(typeOf(type, defs, used))} | ${cell(meaning)} |`;
  });
  const fields = table(['Field', 'Type', 'Meaning'], rows);
  return isMore ? `Like [${base}](#${base.toLowerCase()}), and:\n\n${fields}` : fields;
}

/** Nouns whose interface is called otherwise. */
const interfaces = { backend: 'BackendEntry' };

function capital(name) {
  if (interfaces[name] !== undefined) return interfaces[name];
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Doc comments of the members of interfaces, by `Interface.member`, on one line. */
function commentsIn(folders) {
  const found = new Map();
  const files = folders.flatMap((folder) => fs.readdirSync(folder).map((file) => path.join(folder, file)));
  for (const file of files) {
    const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    for (const statement of source.statements.filter(ts.isInterfaceDeclaration)) {
      for (const member of statement.members) {
        const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
        const text = ts.getTextOfJSDocComment(comment?.comment);
        if (text && member.name)
          found.set(`${statement.name.text}.${member.name.getText()}`, text.replaceAll(/\s+/g, ' '));
      }
    }
  }
  return found;
}

/** Text in a table: a bar would end the cell, <VALUE> outside of code would be taken for markup. */
function cell(words) {
  return words.replaceAll('|', '\\|').replaceAll(/`[^`]*`|</g, (found) => (found === '<' ? '&lt;' : found));
}

function table(head, rows) {
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows].join('\n');
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
