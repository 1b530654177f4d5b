-- The results database, version 5. Times are UTC in integer milliseconds, money is integer nano-dollars, text is UTF-8.
-- No key and no secret stands in any of it: what goes in passed the redactor.
-- A CHECK of three values is written with OR: for IN (...) of more than two, SQLite fills a temporary table each write.

CREATE TABLE run (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,              -- 20261121T194851Z-7f3a
    fingerprint   TEXT NOT NULL,                     -- sha256 of plan: the same plan, the same fingerprint
    model         TEXT NOT NULL,                     -- provider/name, as reports show it
    plan          TEXT NOT NULL,                     -- JSON: resolved; all that decides what is asked and how
    places        TEXT NOT NULL,                     -- JSON: where it ran, its data files; not in the fingerprint
    settings      TEXT,                              -- JSON: of plan: what its model was set to; NULL: nothing said
    names         TEXT,                              -- JSON: of places: what a plan calls it; NULL: nothing
    version       TEXT NOT NULL,                     -- of vernier
    state         TEXT NOT NULL CHECK (state = 'running' OR state = 'complete' OR state = 'incomplete'),
    started_ms    INTEGER NOT NULL,
    ended_ms      INTEGER,                           -- of the last process that worked on it; NULL while one does
    unsure_nanousd INTEGER NOT NULL DEFAULT 0        -- the most that calls may cost which no row of call tells of: those
                                                     -- in flight, and those that were so when a process was killed
) STRICT;
CREATE INDEX run_fingerprint ON run (fingerprint);

CREATE TABLE blob (
    sha256        TEXT PRIMARY KEY,                  -- of the bytes before compression
    size_bytes    INTEGER NOT NULL,
    zstd          BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
    id            INTEGER PRIMARY KEY,
    task          TEXT NOT NULL,
    name          TEXT NOT NULL,                     -- the sample's id in its data set
    hash          TEXT NOT NULL,                     -- of input, choices, target: other text is another row
    category      TEXT,
    cluster       TEXT,
    input         TEXT NOT NULL,                     -- the question, without prompt profile; "" when in input_blob
    input_blob    TEXT REFERENCES blob (sha256),
    choices       TEXT,                              -- JSON: list of strings in the data's order; NULL: there are none
    UNIQUE (task, name, hash)
) STRICT;

CREATE TABLE episode (
    id            INTEGER PRIMARY KEY,
    run           INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    sample        INTEGER NOT NULL REFERENCES sample (id),
    task          TEXT NOT NULL,
    epoch         INTEGER NOT NULL CHECK (epoch >= 1),
    state         TEXT NOT NULL CHECK (state IN ('started', 'finished')),
    outcome       TEXT CHECK (outcome IN ('scored', 'void')),
    origin        TEXT CHECK (origin = 'harness' OR origin = 'provider' OR origin = 'environment'),   -- of a void
    reason        TEXT,                              -- of a void, in words
    truncated     INTEGER NOT NULL DEFAULT 0 CHECK (truncated IN (0, 1)),
    no_answer     INTEGER NOT NULL DEFAULT 0 CHECK (no_answer IN (0, 1)),
    refused       INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1)),
    loop          INTEGER NOT NULL DEFAULT 0 CHECK (loop IN (0, 1)),
    tampered      INTEGER NOT NULL DEFAULT 0 CHECK (tampered IN (0, 1)),
    target        TEXT,                              -- this epoch's expected answer, as it was shown: 'C', '204'
    permutation   TEXT,                              -- '2013': label A showed choice 2 of the data, B choice 0, ...
    tokens_in     INTEGER, tokens_out INTEGER, tokens_reasoning INTEGER, tokens_cache INTEGER,   -- NULL: not reported
    cost_nanousd  INTEGER,                           -- of all its calls, as far as it is known; NULL: of none is it
    unsure_nanousd INTEGER DEFAULT 0,                -- the most that the calls of unknown cost may have cost; NULL: there
                                                     -- is one of which nobody knows even that
    passes        INTEGER NOT NULL DEFAULT 1,        -- how often it was tried whole (a void gets three)
    restarts      INTEGER NOT NULL DEFAULT 0,        -- how often what was journaled did not fit and it began anew
    grade         INTEGER,                           -- the grade that counts: the newest one's id
    started_ms    INTEGER NOT NULL,
    ended_ms      INTEGER,
    unparsable    INTEGER NOT NULL DEFAULT 0 CHECK (unparsable IN (0, 1)),    -- for the model's own server
    UNIQUE (run, task, sample, epoch),
    CHECK ((state = 'finished') = (outcome IS NOT NULL)),
    CHECK ((outcome IS 'void') = (origin IS NOT NULL)),
    CHECK (outcome IS NOT 'scored' OR grade IS NOT NULL)
) STRICT;

-- A grading stands in grade; stores of before have a row of kind grade here too.
CREATE TABLE ask (
    id            INTEGER PRIMARY KEY,
    episode       INTEGER NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
    ordinal       INTEGER NOT NULL,                  -- from 0, in the order asked
    kind          TEXT NOT NULL CHECK (kind = 'model' OR kind = 'env' OR kind = 'grade'),
    role          TEXT NOT NULL,
    request_hash  TEXT NOT NULL,                     -- what was asked can be made again; its hash says that it was this
    reply         TEXT NOT NULL,                     -- JSON; "" when in reply_blob
    reply_blob    TEXT REFERENCES blob (sha256),
    elapsed_ms    INTEGER NOT NULL,
    cost_nanousd  INTEGER,                           -- of all its calls, those of earlier passes too, as far as known
    UNIQUE (episode, ordinal)
) STRICT;

-- Every call ever made: what is paid for stays, also when its ask is thrown away as the episode begins anew.
CREATE TABLE call (
    id            INTEGER PRIMARY KEY,
    episode       INTEGER NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
    ask           INTEGER REFERENCES ask (id) ON DELETE SET NULL,      -- NULL: thrown away, or given up unanswered
    try           INTEGER NOT NULL,                  -- from 1, going on where the ask is made again in a later pass
    status        INTEGER NOT NULL,                  -- HTTP status, 0 when none came
    started_ms    INTEGER NOT NULL,
    elapsed_ms    INTEGER NOT NULL,
    wait_ms       INTEGER NOT NULL,                  -- waited before this try
    request_id    TEXT,
    error         TEXT,
    cost_nanousd  INTEGER,                           -- NULL: unknown
    worst_nanousd INTEGER                            -- the most it can have cost, put aside before it; NULL: nobody knew
) STRICT;
CREATE INDEX call_ask ON call (ask);
CREATE INDEX call_episode ON call (episode);

CREATE TABLE grade (
    id            INTEGER PRIMARY KEY,
    episode       INTEGER NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
    grader        TEXT NOT NULL,
    version       INTEGER NOT NULL,
    profile       TEXT NOT NULL,                     -- the reader's
    score         REAL NOT NULL CHECK (score >= 0 AND score <= 1),
    answer        TEXT,                              -- as read; NULL when there was none
    answer_class  TEXT,                              -- equal answers have equal classes; NULL forms none
    reason        TEXT,
    graded_ms     INTEGER NOT NULL,
    verdict       TEXT,                              -- 'equal', 'undecided', ...: of graders that know more than a score
    asked_language TEXT,                             -- 'de', where the task says in which language it asks
    language      TEXT                               -- of the reply then; 'und': it cannot be told
) STRICT;
CREATE INDEX grade_episode ON grade (episode);

-- No command writes these two yet; who writes them by hand finds his baseline by its name wherever a run is named.
CREATE TABLE baseline (
    name          TEXT PRIMARY KEY,
    run           INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    set_ms        INTEGER NOT NULL,
    note          TEXT
) STRICT;

CREATE TABLE published (
    model         TEXT NOT NULL,
    task          TEXT NOT NULL,
    score         REAL NOT NULL,
    source        TEXT NOT NULL,
    conditions    TEXT,
    PRIMARY KEY (model, task, source)
) STRICT;

-- Views for people. One question's score is the mean over its epochs; a void is not a score and counts apart.
CREATE VIEW samples AS
SELECT r.name AS run, r.model, e.task, s.name AS sample, s.category, s.cluster, e.epoch,
       coalesce(e.outcome, 'unfinished') AS outcome, g.score, g.verdict, g.language, g.answer, e.target, g.answer_class,
       coalesce(e.reason, g.reason) AS reason, e.origin,
       e.truncated, e.no_answer, e.refused, e.loop, e.tampered, e.unparsable,
       e.tokens_in, e.tokens_out, e.tokens_reasoning, e.tokens_cache,
       e.cost_nanousd / 1e9 AS cost_usd, e.unsure_nanousd / 1e9 AS cost_unsure_usd,
       e.started_ms, e.ended_ms, e.id AS episode
  FROM episode e
  JOIN run r ON r.id = e.run
  JOIN sample s ON s.id = e.sample
  LEFT JOIN grade g ON g.id = e.grade;

-- stderr, lower and upper are those of `vernier report`, at 95 %: Wilson's interval when all scores are 0 or 1 in one
-- epoch, or are all the same; else Student's t (by n - 1) below 30 questions and the normal distribution from there on.
-- Where questions form clusters they are NULL: report corrects for these. cost_usd is what is known of the cost.
CREATE VIEW results AS
WITH quantile (df, t) AS (VALUES
        (1, 12.7062047361747), (2, 4.30265272974946), (3, 3.18244630528371), (4, 2.77644510519779),
        (5, 2.57058183563631), (6, 2.44691185114497), (7, 2.36462425159278), (8, 2.30600413520417),
        (9, 2.2621571627982), (10, 2.22813885198627), (11, 2.20098516009164), (12, 2.17881282966723),
        (13, 2.16036865646279), (14, 2.1447866879178), (15, 2.13144954555977), (16, 2.11990529922125),
        (17, 2.10981557783332), (18, 2.10092204024104), (19, 2.09302405440831), (20, 2.08596344726586),
        (21, 2.07961384472768), (22, 2.07387306790402), (23, 2.06865761041905), (24, 2.06389856162803),
        (25, 2.0595385527533), (26, 2.05552943864287), (27, 2.05183051648029), (28, 2.04840714179525)),
question AS MATERIALIZED (
    SELECT e.run, e.task, e.sample, max(s.cluster IS NOT NULL) AS clustered,
           avg(g.score) AS score, count(g.score) AS scored, sum(e.outcome IS 'void') AS void,
           sum(g.id IS NOT NULL AND e.truncated) AS truncated, sum(g.id IS NOT NULL AND e.no_answer) AS no_answer,
           sum(g.id IS NOT NULL AND e.refused) AS refused, sum(g.verdict IS 'undecided') AS undecided,
           sum(g.id IS NOT NULL AND e.unparsable) AS unparsable,
           sum(e.tokens_in) AS tokens_in, sum(e.tokens_out) AS tokens_out, sum(e.cost_nanousd) AS cost,
           sum(g.score) AS correct, max(g.profile) AS profile,
           sum(e.outcome IS NOT NULL AND (e.tokens_in IS NULL OR e.tokens_out IS NULL)) AS untold,
           max(e.outcome IS NOT NULL AND (e.cost_nanousd IS NULL OR e.unsure_nanousd IS NOT 0)) AS unsure
      FROM episode e JOIN sample s ON s.id = e.sample LEFT JOIN grade g ON g.id = e.grade AND e.outcome = 'scored'
     GROUP BY e.run, e.task, e.sample),
total AS MATERIALIZED (
    SELECT run, task, count(score) AS n, avg(score) AS mean, sum(scored) AS episodes, max(clustered) AS clustered,
           max(scored) = 1 AND min(score IN (0, 1)) AS right_or_wrong,
           sum(void) AS void, sum(truncated) AS truncated, sum(no_answer) AS no_answer, sum(refused) AS refused,
           sum(undecided) AS undecided, sum(unparsable) AS unparsable,
           sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out, sum(cost) AS cost, sum(correct) AS correct,
           max(profile) AS profile, sum(untold) AS untold,
           NOT max(unsure) AS cost_is_known
      FROM question GROUP BY run, task),
-- About the mean, in a second pass: a difference of large sums would take equal scores for different ones.
spread AS (
    SELECT q.run, q.task, sqrt(sum((q.score - t.mean) * (q.score - t.mean)) / nullif(t.n - 1, 0) / t.n) AS se
      FROM question q JOIN total t ON t.run = q.run AND t.task = q.task
     GROUP BY q.run, q.task),
error AS (
    SELECT t.*, CASE WHEN NOT clustered THEN iif(se < 1e-12, 0.0, se) END AS stderr,
           NOT clustered AND n > 0 AND (right_or_wrong OR coalesce(se < 1e-12, 0)) AS wilson,
           coalesce((SELECT q.t FROM quantile q WHERE q.df = n - 1), 1.959963984540054) AS z,
           1 + 3.841458820694124 / nullif(n, 0) AS shrink
      FROM total t JOIN spread s ON s.run = t.run AND s.task = t.task),
middle AS (
    SELECT *, iif(wilson, (mean + (shrink - 1) / 2) / shrink, mean) AS centre,
           iif(wilson, sqrt((shrink - 1) * (mean * (1 - mean) + (shrink - 1) / 4)) / shrink, z * stderr) AS half
      FROM error)
SELECT r.name AS run, r.model, m.task, m.n, m.episodes, m.mean, m.stderr,
       max(0.0, m.centre - m.half) AS lower, min(1.0, m.centre + m.half) AS upper,
       m.void, m.truncated, m.no_answer, m.refused, m.undecided, m.unparsable, m.tokens_in, m.tokens_out, m.cost / 1e9 AS cost_usd,
       m.cost_is_known AND m.cost IS NOT NULL AS cost_is_known,
       m.cost / 1e9 / nullif(m.episodes, 0) AS cost_per_episode_usd,
       m.cost / 1e9 / nullif(m.correct, 0) AS cost_per_correct_usd,
       m.untold AS episodes_without_tokens,         -- above 0, tokens_in or tokens_out is a lower bound
       m.profile, r.settings, r.names
  FROM middle m JOIN run r ON r.id = m.run;

-- For the sqlite3 shell: 3.40 takes JSON functions in views for unsafe where trusted_schema is off, as it is with us.
CREATE VIEW transcripts AS
SELECT r.name AS run, r.model, e.task, s.name AS sample, e.epoch, a.ordinal, a.kind, a.role,
       CASE WHEN json_valid(a.reply) THEN json_extract(a.reply, '$.text') END AS text,
       a.reply_blob, a.elapsed_ms, a.cost_nanousd / 1e9 AS cost_usd,
       (SELECT count(*) FROM call c WHERE c.ask = a.id) AS tries
  FROM ask a
  JOIN episode e ON e.id = a.episode
  JOIN run r ON r.id = e.run
  JOIN sample s ON s.id = e.sample;
