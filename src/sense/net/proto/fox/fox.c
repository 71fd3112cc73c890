#include "sense/net/proto/fox/fox.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

enum {
	PORT = 1911,
	TEXT = 128, /* bytes of a value that are told */
};

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                    \
	X(COMMAND, "fox.command")       \
	X(CLASS_HELLO, "net.fox.hello") \
	X(CLASS_SESSION, "net.fox.session")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_KEY, /* then those of fox.h */
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, key, field) field,
		WARD_FOX_KEY_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_FOX_REASON_LIST(X)
#undef X
};

struct flow {
	bool over[2]; /* by side: the session's begin is over, the rest is not read */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static void put_text(const struct ward_dissect *d, uint32_t name, struct ward_str s)
{
	char text[4 * TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!s.len)
		return;
	ward_net_text(&w, ward_str_bytes(ward_str_sub(s, 0, TEXT)), "");
	ward_emit_str(d->net, name, ward_wr_text(&w));
}

static void emit(const struct ward_dissect *d, const struct ward_fox *m)
{
	bool hello = ward_str_eqz(m->command, "hello");

	if (!ward_emit_begin(d->net, d->name[hello ? NAME_CLASS_HELLO : NAME_CLASS_SESSION]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_text(d, d->name[NAME_COMMAND], m->command);
	for (size_t i = 0; i < WARD_FOX_KEYS; i++)
		put_text(d, d->name[NAME_KEY + i], m->value[i]);
	ward_emit_end(d->net);
}

static enum ward_verdict refuse(struct ward_dissect *d, const struct ward_fox *m)
{
	d->reason = m->reason;
	d->off = m->off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* Other channels come once both sides know each other; what they carry has binary parts. */
static enum ward_verdict pass_over(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;

	f->over[d->from_client] = true;
	d->used = payload.len;
	return payload.len ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_fox m;

	if (f->over[d->from_client])
		return pass_over(d, payload);
	switch (ward_fox_parse(payload, &m)) {
	case WARD_FOX_NOT:
		return refuse(d, &m);
	case WARD_FOX_MORE:
		return WARD_VERDICT_MORE;
	case WARD_FOX_OTHER:
		return pass_over(d, payload);
	case WARD_FOX_WHOLE:
	default:
		emit(d, &m);
		d->used = m.size;
		return WARD_VERDICT_OK;
	}
}

/* A session begins with a hello of both sides. */
static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_fox m;

	switch (ward_fox_parse(payload, &m)) {
	case WARD_FOX_WHOLE:
		return ward_probe_of(ward_str_eqz(m.command, "hello"));
	case WARD_FOX_MORE:
		if (!m.command.len)
			return WARD_PROBE_MORE;
		return ward_probe_of(ward_str_eqz(m.command, "hello"));
	case WARD_FOX_OTHER:
	case WARD_FOX_NOT:
	default:
		return WARD_PROBE_NO;
	}
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->over[d->from_client] = true;
	return true;
}

const struct ward_dissector ward_dissect_fox = {
	.name = "fox",
	.kind = WARD_DISSECT_BUILDING,
	.title = "Niagara Fox",
	.standard = "no public document; after captures",
	.reads = "the begin of a session: programs, versions, hosts, stations and licence ids of "
		 "both "
		 "sides",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
