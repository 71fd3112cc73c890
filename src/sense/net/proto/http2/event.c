/* The event of a whole HTTP/2 connection; its transactions are told as HTTP's. */
#include "sense/net/proto/http2/http2.h"

#include "sense/net/emit.h"

#define NAME_LIST(X)                                \
	X(CLASS, "net.http2")                       \
	X(CLIENT_SETTINGS, "http2.client_settings") \
	X(SERVER_SETTINGS, "http2.server_settings") \
	X(STREAMS, "http2.streams")                 \
	X(RESETS, "http2.resets")                   \
	X(RESET_ERROR, "http2.reset_error")         \
	X(GOAWAY_ERROR, "http2.goaway_error")       \
	X(GOAWAY_BY, "http2.goaway_by")             \
	X(UNREAD, "http2.fields_unread")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

/* RFC 9113 7 */
static const char *const errors[] = {"no-error", "protocol-error", "internal-error",
	"flow-control-error", "settings-timeout", "stream-closed", "frame-size-error",
	"refused-stream", "cancel", "compression-error", "connect-error", "enhance-your-calm",
	"inadequate-security", "http-1-1-required"};

bool ward_http2_name_at(size_t i, struct ward_wr *w)
{
	size_t n = ward_http_name_count();

	if (i < n)
		return ward_http_name_at(i, w);
	if (i - n >= NAME_N)
		return false;
	ward_wr_z(w, names[i - n]);
	return true;
}

static uint32_t name(const struct ward_dissect *d, enum name i)
{
	return d->name[ward_http_name_count() + i];
}

/* As "number:value", in their order, which tells programs apart. */
static void put_settings(
	const struct ward_dissect *d, enum name field, const struct ward_http2_side *s)
{
	struct ward_value *item = s->n_setting ? ward_emit_items(d->net, s->n_setting) : NULL;

	for (size_t i = 0; item && i < s->n_setting; i++) {
		char text[24];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_u64(&w, s->setting[i]);
		ward_wr_ch(&w, ':');
		ward_wr_u64(&w, s->value[i]);
		struct ward_str copy = ward_arena_str(&d->net->arena, ward_wr_text(&w));

		if (!copy.p)
			return;
		item[i] = ward_value_str(copy);
	}
	if (item)
		ward_emit_list(d->net, name(d, field), item, s->n_setting);
}

/* code: one more than the error; 0: there was none. */
static void put_error(const struct ward_dissect *d, enum name field, uint32_t code)
{
	if (code && code - 1 < WARD_ARRAY_LEN(errors))
		ward_emit_z(d->net, name(d, field), errors[code - 1]);
	else if (code)
		ward_emit_int(d->net, name(d, field), code - 1);
}

void ward_http2_tell(const struct ward_dissect *d)
{
	struct ward_http2_flow *f = d->flow;
	struct ward_net *n = d->net;
	unsigned client = f->talk.client;

	if (f->told || !ward_emit_begin(n, name(d, NAME_CLASS)))
		return;
	f->told = true;
	if (ward_http_side_of(d) == client)
		ward_emit_packet(n, d->packet);
	else
		ward_emit_packet_turned(n, d->packet);
	put_settings(d, NAME_CLIENT_SETTINGS, &f->side[client]);
	put_settings(d, NAME_SERVER_SETTINGS, &f->side[!client]);
	ward_emit_int(n, name(d, NAME_STREAMS), f->n_opened);
	if (f->n_reset)
		ward_emit_int(n, name(d, NAME_RESETS), f->n_reset);
	put_error(d, NAME_RESET_ERROR, f->reset);
	put_error(d, NAME_GOAWAY_ERROR, f->goaway);
	if (f->goaway)
		ward_emit_z(n, name(d, NAME_GOAWAY_BY), f->goaway_by_client ? "client" : "server");
	if (f->side[0].broken || f->side[1].broken)
		ward_emit_bool(n, name(d, NAME_UNREAD), true);
	ward_emit_end(n);
}
