import type { LogLine } from '../../port/logs.js';
import { stream } from '../result.js';
import { stripControl } from '../terminal.js';

/** `vote-1   | text`: the container's line as it wrote it, behind the name it has in the stack. */
export const logLines = stream<LogLine>((line, style) => {
  const time = style.timestamps && line.at !== null ? `${line.at} ` : '';
  const source = line.container ?? line.service;
  const prefix = source === null ? '' : style.prefix(stripControl(source));
  return `${prefix}${time}${line.text}`;
});
