"""THE CODE MAP: every room of Pilah, in the order in which a request walks them.

A request comes in at the top, walks down, and its answer comes straight back up; no room imports one above it.

cli         `pilah …`: the commands, and what they say when something can't be done.
asgi        The Starlette application: which address leads to which door.
graphql     THE DOOR: the GraphQL schema and how it is served. What the world sees.
http        THE SIDE DOORS: plain HTTP beside GraphQL.
identity    THE PORTER: who asks, by a token of ours or by one that an identity provider has signed.
background  What goes on behind requests: imports, exports, live segments, webhooks; in a server or in a worker.
live        THE HEARTBEAT: what changed, who entered and left, what follows.
transfer    THE LOADING DOCK: files in and out, by COPY.
queries     THE MESSENGER: every sentence spoken to PostgreSQL, one module a noun.
compile     THE TRANSLATOR: from a checked filter to a SQL condition. Builds, never runs.
tables      THE SHELVES: Tortoise models, one file a noun. Their real keys are in the migrations.
filters     THE LANGUAGE: what a filter may say, and what it means. Standard library only.
settings    Every environment variable, read once.
telemetry   THE GAUGES: what a process tells of itself by logs, measures and traces. No value of anybody's is told.
postgres    Finds PostgreSQL, or starts an embedded one that all who use a data folder share.

Where a filter goes: `graphql.filter_input` gives its JSON form, `filters.asked` reads the shape, `filters.check`
makes it a checked tree (or tells every problem), `compile.conditions` makes that a SQL condition, and `queries`
asks it, within one workspace.

Where a filter is looked into: `filters.sight.nodes` opens it, `queries.sight` counts in one pass how contacts answer
its conditions, or asks one of them, and `filters.sight.tally` works out of that the size of any part.

Where an edit goes: `queries.segment_edits` checks and writes it, `queries.segment_versions` keeps with it what the
segment is then, and `filters.sight.difference` tells in which parts two filters differ. `queries.version_filters`
reads what filters it had, and `queries.gone` what those name that isn't there any more.

Where a pin goes: `queries.pins` writes it and notes whom it concerns, `queries.catalogs` tells that a segment has
some, and `filters.pins` puts them around its filter, wherever that is asked. What a segment means to
`filters.meaning` is its filter alone, so that a pin builds nothing anew.

Where a filter is advised on: `queries.sight.advising` has it counted so, `filters.advice` reasons on it and says what
to consider and what follows, and `queries.sight.likeness` finds the segments that it is like, to be counted by
`queries.sight.side_by_side`. Reasoning takes the processor, by the turns of `queries.cpu_work`.

Where a file goes: `http.uploads` takes it in and `transfer.files` stores it; `transfer.work` claims the import,
`transfer.columns` plans it, processes of their own read its parts, `queries.imports` stages, settles and merges them.
Where one comes from: `transfer.exports` says what, and PostgreSQL writes it by COPY out of one snapshot.

What may be refused where: the shape of a request in `graphql.over_http` and `graphql.socket`, what is too much of one
in `graphql.limits`, who does too much at any door in `identity.gate`; a token in `identity.porter`; a filter in
`filters.check`; a value in `filters.values`; a write in `queries`.

Where it is written down who did what: `graphql.auditing` names the act of every mutation, `http.bearer` that of a
request at a side door, `cli.recording` the operator's; `queries.connections.transaction` writes it with the change,
and `queries.actors` reads who that was, there and beside versions and pins.

Where the code departs from the plan. A page in the order of arrival is first sought among the nearest rows
(`queries.keyset`), since PostgreSQL can't tell how many contacts a condition on a custom field holds for. The catalog
of a workspace is kept in memory under the version that each request's token look-up brings along, so labels and
fields cost no statement of their own; their loaders take a page's keys as one, for each key has its price.
Imports and exports are their own queue: each is a row with its state, claimed by an advisory lock that ends with its
connection, so what a killed process worked on is taken up at once and nothing has to be kept in step with a library's
queue. An import's staged rows have a table of their own, outside the write-ahead log.
"""
