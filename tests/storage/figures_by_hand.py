"""The figures once more, in plain SQL over the log, written apart from `storage/figure_terms.py`.

`LIFE` makes one row a case of its events. Every figure is then one aggregate over it. November 2026
has no holiday, so that a working day is any from Monday to Friday.
"""

LIFE = """
CREATE FUNCTION worked(a timestamptz, b timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT COALESCE(sum(GREATEST(extract(epoch FROM LEAST(b, shut) - GREATEST(a, open)), 0)), 0)
         ::bigint
  FROM generate_series((a AT TIME ZONE 'Asia/Seoul')::date::timestamp,
                       (b AT TIME ZONE 'Asia/Seoul')::date, interval '1 day') AS day,
       LATERAL (VALUES (9, 12), (13, 18)) AS hours(opens, closes),
       LATERAL (SELECT (day + make_interval(hours => opens)) AT TIME ZONE 'Asia/Seoul',
                       (day + make_interval(hours => closes)) AT TIME ZONE 'Asia/Seoul')
         AS h(open, shut)
  WHERE extract(isodow FROM day) < 6 $$;

CREATE VIEW e AS
SELECT case_event.*,
       lag(case_event.state) OVER w AS state_before,
       max(case_event.at) OVER w AS since,
       detail ->> 'ground' AS ground
FROM case_event JOIN cases ON cases.number = case_number
WHERE NOT cases.synthetic
WINDOW w AS (PARTITION BY case_number ORDER BY case_event.seq);

CREATE VIEW ending AS
SELECT DISTINCT ON (case_number) *,
       CASE WHEN state_before = 'SUPPLEMENT' THEN legal_due_at
            ELSE COALESCE(legal_due_at, target_due_at) END AS due
FROM e
WHERE kind IN ('answered', 'refused', 'declined', 'withdrawn', 'merged', 'closed')
  AND NOT EXISTS (SELECT FROM case_event u WHERE u.case_number = e.case_number
                  AND u.kind = 'unmerged' AND u.seq > e.seq)
ORDER BY case_number, seq;

CREATE VIEW newest AS
SELECT DISTINCT ON (case_number) *,
       CASE WHEN state = 'SUPPLEMENT' THEN legal_due_at
            ELSE COALESCE(legal_due_at, target_due_at) END AS due
FROM e ORDER BY case_number, seq DESC;

CREATE VIEW piece AS
SELECT p.case_number, p.state, p.since AS start_at, lead(p.since) OVER w AS end_at,
       p.seq < COALESCE(ending.seq, 1000000) AS counts
FROM e p LEFT JOIN ending USING (case_number)
WINDOW w AS (PARTITION BY p.case_number ORDER BY p.seq);

CREATE VIEW stage AS
SELECT case_number, state, sum(worked(start_at, end_at)) AS work,
       sum(extract(epoch FROM end_at - start_at)) AS wall
FROM piece WHERE counts AND end_at IS NOT NULL GROUP BY 1, 2;

CREATE VIEW spell AS
SELECT opened.case_number, opened.kind,
       extract(epoch FROM COALESCE(
         (SELECT min(c.at) FROM e c WHERE c.case_number = opened.case_number AND c.seq > opened.seq
          AND c.kind IN ('supplemented', 'investigation_ended', 'exclusion_ended')),
         (SELECT at FROM ending WHERE ending.case_number = opened.case_number)) - opened.at) AS wall
FROM e opened
WHERE kind IN ('supplement_requested', 'investigation_started', 'exclusion_started')
  AND opened.state_before IS DISTINCT FROM 'SUPPLEMENT';

CREATE VIEW came AS
SELECT *, row_number() OVER (PARTITION BY case_number ORDER BY seq) AS nth FROM (
  SELECT e.*, lag(department) OVER (PARTITION BY case_number ORDER BY seq) AS left_department
  FROM e WHERE kind IN ('assigned', 'transferred', 'sent_to_audit')) AS all_of_them
WHERE department IS DISTINCT FROM left_department;

CREATE VIEW way AS
SELECT case_number, count(*) - 1 AS moves, (array_agg(department ORDER BY seq))[1] AS first_one,
       min(at) AS first_at, worked(min(at), max(at)) AS work,
       bool_or(nth = 1 AND actor_role = 'system') AS by_system,
       bool_or(EXISTS (SELECT FROM came b WHERE b.case_number = came.case_number
                       AND b.nth = came.nth + 2 AND b.department = came.department)) AS back
FROM came GROUP BY 1;

CREATE VIEW touch AS
SELECT * FROM e
WHERE kind IN ('assigned', 'transferred', 'accepted', 'started', 'supplement_requested', 'extended',
  'converted', 'answered', 'refused', 'declined', 'investigation_started', 'merged')
  AND actor_role NOT IN ('citizen', 'system');

CREATE VIEW climb AS
SELECT case_number, min(at) AS first_at, min(seq) AS first_seq, max(CASE detail ->> 'to'
  WHEN 'department_head' THEN 3 WHEN 'inspector' THEN 4 WHEN 'bureau' THEN 5 ELSE 0 END) AS height
FROM e WHERE kind = 'escalated' GROUP BY 1;

CREATE VIEW rung AS
SELECT case_number, detail ->> 'timer' AS timer, detail ->> 'term' AS term,
       detail ->> 'rung' AS name, count(*) AS times
FROM e WHERE kind IN ('reminded', 'escalated') GROUP BY 1, 2, 3, 4;

CREATE VIEW asked AS
SELECT DISTINCT ON (q.case_number) q.case_number, answer.at AS answered_at,
       COALESCE(answer.legal_due_at, newest.legal_due_at, answer.target_due_at,
                newest.target_due_at) AS due
FROM e q JOIN newest USING (case_number)
LEFT JOIN LATERAL (SELECT * FROM e a WHERE a.case_number = q.case_number AND a.seq > q.seq
                   AND a.kind IN ('answered', 'refused') ORDER BY seq LIMIT 1) AS answer ON true
WHERE q.kind = 'asked_again' ORDER BY q.case_number, q.seq DESC;

CREATE VIEW life AS
SELECT f.case_number, f.at AS filed, (f.at AT TIME ZONE 'Asia/Seoul')::date AS filed_on,
  f.channel, n.state, n.item, n.department, n.petition_type, n.target_due_at AS target,
  n.state NOT IN ('ANSWERED', 'WITHDRAWN', 'CLOSED', 'DECLINED', 'MERGED') AS owed,
  n.due AS owed_due, e.kind AS fate, e.ground, e.detail ->> 'on_call' AS on_call,
  e.at AS ended, (e.at AT TIME ZONE 'Asia/Seoul')::date AS ended_on,
  CASE WHEN e.seq IS NULL THEN n.due ELSE e.due END AS due,
  (CASE WHEN e.seq IS NULL THEN n.due ELSE e.due END AT TIME ZONE 'Asia/Seoul')::date AS due_on,
  e.kind IN ('answered', 'refused', 'declined', 'closed') AS dealt_with,
  extract(epoch FROM e.at - f.at) AS wall, worked(f.at, e.at) AS work,
  way.moves, way.first_one, way.work AS way_work, way.by_system, way.back,
  extract(epoch FROM way.first_at - f.at) AS to_first,
  extract(epoch FROM (SELECT min(at) FROM touch WHERE touch.case_number = f.case_number
                      AND touch.seq > 1) - f.at) AS to_touch,
  climb.first_at AS climbed, (climb.first_at AT TIME ZONE 'Asia/Seoul')::date AS climbed_on,
  climb.height,
  extract(epoch FROM (SELECT min(at) FROM touch WHERE touch.case_number = f.case_number
                      AND touch.seq > climb.first_seq) - climb.first_at) AS to_act,
  asked.due AS again_due, (asked.due AT TIME ZONE 'Asia/Seoul')::date AS again_on,
  asked.answered_at AS again_at,
  (SELECT (detail ->> 'grade')::int FROM e r WHERE r.case_number = f.case_number
   AND kind = 'rated' ORDER BY seq DESC LIMIT 1) AS grade,
  (SELECT (max(at) AT TIME ZONE 'Asia/Seoul')::date FROM e r WHERE r.case_number = f.case_number
   AND kind = 'rated') AS rated_on,
  (SELECT array_agg(kind) FROM e k WHERE k.case_number = f.case_number) AS kinds,
  (SELECT kind FROM cases WHERE number = f.case_number) AS now_kind,
  COALESCE((SELECT sum(wall) FROM spell WHERE spell.case_number = f.case_number), 0) AS paused
FROM e f JOIN newest n USING (case_number) LEFT JOIN ending e USING (case_number)
LEFT JOIN way USING (case_number) LEFT JOIN climb USING (case_number)
LEFT JOIN asked USING (case_number)
WHERE f.seq = 1;
"""

_IN_MONTH = "BETWEEN DATE '2026-11-01' AND DATE '2026-11-30'"
FILED = f"filed_on {_IN_MONTH}"
ENDED = f"ended_on {_IN_MONTH}"
DEALT = f"{ENDED} AND dealt_with"
REPLIED = f"{ENDED} AND fate IN ('answered', 'refused')"
DUE = (
    f"due_on {_IN_MONTH} AND due < '2026-11-20 15:00+09'::timestamptz "
    "AND (dealt_with OR fate IS NULL)"
)
CLIMBED = f"climbed_on {_IN_MONTH}"
RATED = f"rated_on {_IN_MONTH}"
NOW = "'2026-11-20 15:00+09'::timestamptz"
LATE = f"(COALESCE(ended, {NOW}) > due)"
AGAIN = f"again_on {_IN_MONTH} AND again_due < {NOW} AND (again_at IS NOT NULL OR owed)"


def _count(where: str) -> str:
    return f"SELECT count(*)::float, count(*), count(*) FROM life WHERE {where}"


def _share(of: str, where: str) -> str:
    n = f"count(*) FILTER (WHERE {where})"
    return f"SELECT {n}::float / NULLIF(count(*), 0), {n}, count(*) FROM life WHERE {of}"


def _made(how: str, of: str) -> str:
    return f"SELECT ({how})::float, count(*), count(*) FROM life WHERE {of}"


def _at(part: float, what: str) -> str:
    return f"percentile_cont({part}) WITHIN GROUP (ORDER BY {what})"


def _has(*kinds: str) -> str:
    return f"kinds && ARRAY[{', '.join(repr(kind) for kind in kinds)}]::varchar[]"


def _times(kind: str) -> str:
    return f"cardinality(array_positions(kinds, '{kind}'::varchar))"


def _older(days: int) -> str:
    return f"filed <= {NOW} - interval '{days} days'"


def _tier(name: str) -> str:
    tiers = {
        "hours_3": "petition_type = 'other' AND item IN ('TR01')",
        "hours_24": "petition_type = 'other' AND item IN ('RD01', 'CL01')",
        "days_5": "false",
        "legal_7": "item IN ('WF03', 'AD04')",
        "legal_14": "item IN ('AD03')",
    }
    return f"{DUE} AND now_kind <> 'opinion' AND {tiers[name]}"


def _stage(state: str, unit: str) -> str:
    return (
        f"SELECT avg(COALESCE({unit}_in, 0))::float, count(*), count(*) FROM life "
        f"LEFT JOIN (SELECT case_number, work AS work_in, wall AS wall_in FROM stage "
        f"WHERE state = '{state}') AS s USING (case_number) WHERE {DEALT}"
    )


def _joined(kind: str) -> str:
    return f"(SELECT count(*) FROM e WHERE e.case_number = life.case_number AND kind = '{kind}')"


_RESIDENT = f"{_joined('reporter_joined')} - {_joined('reporter_left')}"

BY_HAND: dict[str, str] = {
    "filed": _count(FILED),
    "resolved": _count(DEALT),
    "withdrawn": _count(f"{ENDED} AND fate = 'withdrawn'"),
    "merged_away": _count(f"{ENDED} AND fate = 'merged'"),
    "ended": _count(ENDED),
    "immediate": _share(FILED, "on_call = 'true'"),
    "converted": _share(
        f"{FILED} AND (now_kind = 'opinion' OR {_has('converted')})", _has("converted")
    ),
    "unclassified": _share(FILED, "item IS NULL OR item LIKE '%00'"),
    "open": _count("owed"),
    "overdue": _count(f"owed AND owed_due < {NOW}"),
    "due_today": _count(f"owed AND owed_due >= {NOW} AND owed_due < '2026-11-21 00:00+09'"),
    "approaching": _count(
        f"owed AND owed_due >= {NOW} AND CASE WHEN item = 'AD03' "
        f"THEN worked(filed, {NOW}) >= 0.8 * worked(filed, owed_due) "
        f"ELSE {NOW} - filed >= 0.8 * (owed_due - filed) END"
    ),
    "waits_for_citizen": _count("state = 'SUPPLEMENT'"),
    "unassigned": _count("owed AND first_one IS NULL"),
    "unassigned_age": _made(
        f"avg(extract(epoch FROM {NOW} - filed))", "owed AND first_one IS NULL"
    ),
    "oldest_open": _made(f"max(extract(epoch FROM {NOW} - filed))", "owed"),
    "left_over_age": _made(f"avg(extract(epoch FROM {NOW} - filed))", f"owed AND owed_due < {NOW}"),
    "age_under_1": _count(f"owed AND NOT {_older(1)}"),
    "age_1_to_3": _count(f"owed AND {_older(1)} AND NOT {_older(3)}"),
    "age_3_to_7": _count(f"owed AND {_older(3)} AND NOT {_older(7)}"),
    "age_over_7": _count(f"owed AND {_older(7)}"),
    "owed_again": _count("state = 'REANSWER'"),
    **{f"open_level_{n}": _count(f"owed AND height = {n}") for n in (3, 4, 5)},
    "on_time": _share(DUE, f"NOT {LATE}"),
    **{
        f"on_time_{tier}": _share(_tier(tier), f"NOT {LATE}")
        for tier in ("hours_3", "hours_24", "days_5", "legal_7", "legal_14")
    },
    "on_time_opinions": _share(f"{DUE} AND now_kind = 'opinion'", f"NOT {LATE}"),
    "on_time_other_period": _share(
        f"{DUE} AND petition_type IN ('information_disclosure', 'objection')", f"NOT {LATE}"
    ),
    "late": _count(f"{DUE} AND {LATE}"),
    "overrun_median": _made(
        _at(0.5, f"extract(epoch FROM COALESCE(ended, {NOW}) - due)"), f"{DUE} AND {LATE}"
    ),
    "overrun_p90": _made(
        _at(0.9, f"extract(epoch FROM COALESCE(ended, {NOW}) - due)"), f"{DUE} AND {LATE}"
    ),
    "on_target": _share(f"{DUE} AND target IS NOT NULL", f"COALESCE(ended, {NOW}) <= target"),
    "extension_rate": _share(DUE, _has("extended")),
    "shortened": _made(
        "sum(extract(epoch FROM due - ended)) / sum(extract(epoch FROM due - filed))",
        f"{DUE} AND dealt_with",
    ),
    "again_on_time": _share(AGAIN, "again_at <= again_due"),
    "resolution_median": _made(_at(0.5, "wall"), DEALT),
    "resolution_p90": _made(_at(0.9, "wall"), DEALT),
    "work_median": _made(_at(0.5, "work"), DEALT),
    "work_p90": _made(_at(0.9, "work"), DEALT),
    "response_median": _made(_at(0.5, "to_touch"), f"{FILED} AND to_touch IS NOT NULL"),
    "assign_median": _made(_at(0.5, "to_first"), f"{FILED} AND first_one IS NOT NULL"),
    **{
        f"stage_{state.lower()}": _stage(state, "work")
        for state in (
            *("SUBMITTED", "RECEIVED", "ASSIGNED", "TRANSFERRED", "PROCESSING", "SUPPLEMENT"),
        )
    },
    **{
        f"stage_{state.lower()}_wall": _stage(state, "wall")
        for state in (
            *("SUBMITTED", "RECEIVED", "ASSIGNED", "TRANSFERRED", "PROCESSING", "SUPPLEMENT"),
        )
    },
    "pause_time": _made("sum(paused) / sum(wall)", DEALT),
    "paused": _share(
        DEALT, _has("supplement_requested", "investigation_started", "exclusion_started")
    ),
    "paused_supplemented": _count(f"{DEALT} AND {_has('supplement_requested')}"),
    "paused_investigated": _count(f"{DEALT} AND {_has('investigation_started')}"),
    "paused_consulted": _count(f"{DEALT} AND {_has('consultation_started')}"),
    "paused_excluded": _count(f"{DEALT} AND {_has('exclusion_started')}"),
    "first_right": _share(f"{FILED} AND first_one IS NOT NULL", "moves = 0"),
    "transfers": _made("avg(moves)", f"{FILED} AND first_one IS NOT NULL"),
    "ping_pong": _share(f"{FILED} AND first_one IS NOT NULL", "back"),
    "transfer_time": _made(_at(0.5, "way_work"), f"{FILED} AND moves > 0"),
    "moved_in": _count(f"{FILED} AND moves > 0"),
    "moved_out": _count(f"{FILED} AND moves > 0"),
    "auto_kept": _share(f"{FILED} AND by_system", "moves = 0"),
    "escalated": _count(CLIMBED),
    **{f"escalated_level_{n}": _count(f"{CLIMBED} AND height = {n}") for n in (3, 4, 5)},
    "acted_24h": _share(CLIMBED, "to_act <= 86400"),
    "acted_median": _made(_at(0.5, "to_act"), f"{CLIMBED} AND to_act IS NOT NULL"),
    "avoided": _share(f"{DUE} AND {_has('reminded')}", f"NOT {_has('escalated')}"),
    "repeated_rungs": _count(
        f"{CLIMBED} AND EXISTS (SELECT FROM rung WHERE rung.case_number = life.case_number "
        "AND times > 1)"
    ),
    "satisfaction": _made("avg(grade)", RATED),
    "low_grades": _share(RATED, "grade < 3"),
    "rated_share": _share(REPLIED, _has("rated")),
    "reopened": _share(REPLIED, _has("asked_again")),
    "reopened_twice": _share(REPLIED, f"{_times('asked_again')} > 1"),
    "refused": _share(DEALT, "fate = 'refused'"),
    "declined": _share(DEALT, "fate = 'declined'"),
    "returned": _share(DEALT, "fate = 'closed' AND ground <> 'repeated'"),
    "objected": _share(DEALT, _has("objected")),
    "merge_rate": _share(FILED, _has("merged")),
    "unmerged": _share(f"{FILED} AND {_has('merged')}", _has("unmerged")),
    "reporters": _made(f"avg({_RESIDENT})", f"{FILED} AND {_RESIDENT} > 0"),
    "told": _share(FILED, _has("delivered")),
    "message_failed": _share(FILED, _has("undelivered")),
    "messages_per_case": _made(f"avg({_times('delivered')})", f"{FILED} AND {_has('delivered')}"),
}
