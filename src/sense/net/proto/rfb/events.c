#include "sense/net/emit.h"
#include "sense/net/proto/rfb/rfb.h"
#include "sense/net/text.h"

#define NAME_LIST(X)                            \
	X(SERVER_VERSION, "rfb.server_version") \
	X(CLIENT_VERSION, "rfb.client_version") \
	X(TYPES, "rfb.security_types")          \
	X(TYPE, "rfb.security_type")            \
	X(OUTCOME, "rfb.outcome")               \
	X(SHARED, "rfb.shared")                 \
	X(WIDTH, "rfb.width")                   \
	X(HEIGHT, "rfb.height")                 \
	X(NAME, "rfb.desktop_name")             \
	X(CLASS, "net.rfb.session")

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

bool ward_rfb_name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

/* Lives forever; NULL: not registered. */
static const char *type_name(uint8_t type)
{
	static const struct {
		uint8_t type;
		const char *name;
	} types[] = {{0, "invalid"}, {1, "none"}, {2, "vnc"}, {5, "ra2"}, {6, "ra2ne"},
		{16, "tight"}, {17, "ultra"}, {18, "tls"}, {19, "vencrypt"}, {20, "sasl"},
		{21, "md5"}, {22, "xvp"}, {23, "securetunnel"}, {24, "integrated-ssh"}, {30, "ard"},
		{129, "ra256"}, {130, "ra2ne256"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++)
		if (types[i].type == type)
			return types[i].name;
	return NULL;
}

static struct ward_value type_value(uint8_t type)
{
	const char *name = type_name(type);

	return name ? ward_value_str(ward_str_z(name)) : ward_value_int(type);
}

static void put_types(const struct ward_dissect *d)
{
	const struct ward_rfb_flow *f = d->flow;
	struct ward_value *item = f->n_type ? ward_emit_items(d->net, f->n_type) : NULL;

	for (size_t i = 0; item && i < f->n_type; i++)
		item[i] = type_value(f->type[i]);
	if (item)
		ward_emit_list(d->net, d->name[NAME_TYPES], item, f->n_type);
}

/* "RFB 003.008" as it stands, without its first word. */
static void put_version(const struct ward_dissect *d, bool server)
{
	const struct ward_rfb_flow *f = d->flow;
	struct ward_str v = {f->version[server], sizeof(f->version[server])};

	if (f->seen[server])
		ward_emit_str(d->net, d->name[server ? NAME_SERVER_VERSION : NAME_CLIENT_VERSION],
			ward_str_sub(v, 4, v.len));
}

void ward_rfb_tell(const struct ward_dissect *d, const char *outcome)
{
	struct ward_rfb_flow *f = d->flow;
	char text[WARD_RFB_NAME * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	f->told = true;
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS]))
		return;
	if (ward_rfb_is_server(d))
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_version(d, true);
	put_version(d, false);
	put_types(d);
	if (f->chosen) {
		struct ward_value *one = ward_emit_items(d->net, 1);

		if (one) {
			*one = type_value(f->chosen);
			ward_emit_list(d->net, d->name[NAME_TYPE], one, 1);
		}
	}
	if (f->width) {
		ward_emit_bool(d->net, d->name[NAME_SHARED], f->shared);
		ward_emit_int(d->net, d->name[NAME_WIDTH], f->width);
		ward_emit_int(d->net, d->name[NAME_HEIGHT], f->height);
	}
	ward_net_text(&w, ward_slice_of(f->name, f->n_name), "");
	if (w.len)
		ward_emit_str(d->net, d->name[NAME_NAME], ward_wr_text(&w));
	ward_emit_z(d->net, d->name[NAME_OUTCOME], outcome);
	ward_emit_end(d->net);
}

void ward_rfb_tell_login(const struct ward_dissect *d, enum ward_login_outcome outcome)
{
	struct ward_rfb_flow *f = d->flow;
	const struct ward_login login = {.method = type_name(f->chosen), .outcome = outcome};

	f->logged_in = true;
	ward_emit_login(d, &login, ward_rfb_is_server(d));
}
