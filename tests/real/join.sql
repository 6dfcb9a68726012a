-- join.sql - creates, fills, indexes, joins and checks a database; @ROWS@ is replaced by tests/real/run.
--
-- No random numbers and no clock: every result is the same wherever SQLite runs.  (A newer SQLite draws tables when it writes to a console.)
.mode list
PRAGMA page_size = 4096;
PRAGMA cache_size = 200;
PRAGMA journal_mode = MEMORY;
CREATE TABLE page(id INTEGER PRIMARY KEY, frame INTEGER, owner TEXT, note TEXT);
CREATE TABLE owner(name TEXT PRIMARY KEY, weight REAL) WITHOUT ROWID;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @ROWS@)
INSERT INTO page
SELECT i, i * 7919 % 1000003, 'owner' || (i * 31 % 1009),
       printf('page %08d of the working set, dirty %d, %s', i, i % 2, hex(i * 2654435761 % 4294967296))
FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1008)
INSERT INTO owner SELECT 'owner' || i, i / 7.0 FROM n;
COMMIT;
CREATE INDEX by_frame ON page(frame);
CREATE INDEX by_owner ON page(owner, frame);
SELECT '= rows ' || count(*) || ' sum ' || sum(frame) FROM page;
SELECT '= join ' || printf('%.3f', sum(weight)) || ' ' || max(note)
FROM page JOIN owner ON owner.name = page.owner WHERE frame % 3 = 0;
SELECT '= group ' || owner || ' ' || count(*) || ' ' || min(frame) || ' ' || printf('%.2f', avg(frame))
FROM page GROUP BY owner ORDER BY count(*) DESC, owner LIMIT 5;
SELECT '= sorted ' || id || ' ' || frame FROM page ORDER BY note DESC, frame LIMIT 3;
BEGIN;
UPDATE page SET frame = frame + 1, note = note || '!' WHERE id % 5 = 0;
DELETE FROM page WHERE id % 7 = 0;
COMMIT;
SELECT '= after ' || count(*) || ' ' || sum(frame) || ' ' || sum(length(note)) FROM page;
SELECT '= window ' || id || ' ' || total
FROM (SELECT id, sum(frame) OVER (ORDER BY id ROWS 10 PRECEDING) AS total FROM page)
ORDER BY total DESC, id LIMIT 3;
BEGIN;
UPDATE page SET frame = 0;
ROLLBACK;
SELECT '= rolled back ' || sum(frame) FROM page;
VACUUM;
SELECT '= integrity ' || integrity_check FROM pragma_integrity_check;
