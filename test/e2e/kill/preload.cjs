// Loaded into berth with `node --require`: counts the points at which the store is written, and kills the process at one
// of them. BERTH_KILL_AT: the number of the point, counted from 1; 0 kills nothing. BERTH_KILL_COUNT: a file that gets
// the number of points reached. BERTH_KILL_RUNNER=1: only in a detached runner.
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

const isRunner = process.argv.slice(2, 4).join(' ') === 'action run';
if (isRunner === (process.env.BERTH_KILL_RUNNER === '1')) arm();

function arm() {
  const Database = createRequire(path.join(__dirname, '../../../package.json'))('libsql');
  const { exec, prepare } = Database.prototype;
  const target = Number(process.env.BERTH_KILL_AT ?? '0');
  let points = 0;

  const point = () => {
    points += 1;
    if (points === target) process.kill(process.pid, 'SIGKILL');
  };
  const around = (work) => {
    point();
    const result = work();
    point();
    return result;
  };

  Database.prototype.exec = function (sql) {
    return /^\s*COMMIT/i.test(sql) ? around(() => exec.call(this, sql)) : exec.call(this, sql);
  };
  Database.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    if (!/^\s*(INSERT|UPDATE|DELETE)/i.test(sql)) return statement;
    const run = statement.run;
    statement.run = function (...parameters) {
      return around(() => run.apply(this, parameters));
    };
    return statement;
  };
  process.on('exit', () => {
    if (process.env.BERTH_KILL_COUNT) fs.writeFileSync(process.env.BERTH_KILL_COUNT, String(points));
  });
}
