import type { LogLine } from '../../port/logs.js';
import { stream } from '../result.js';

/** `vote-1   | text`: the container's line as it wrote it, behind its name, which has the colour of its service. */
export const logLines = stream<LogLine>((line, style) => {
  const time = style.timestamps && line.at !== null ? `${line.at} ` : '';
  const source = line.container ?? line.service;
  const prefix = source === null ? '' : style.prefix(source, line.service ?? source);
  return `${prefix}${time}${line.text}`;
});
