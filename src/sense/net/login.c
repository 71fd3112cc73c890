#include "sense/net/login.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

enum { USER_BYTES = 256, USER_TEXT = USER_BYTES * 4 };

void ward_emit_login(const struct ward_dissect *d, const struct ward_login *login, bool turned)
{
	static const char *const outcome[] = {[WARD_LOGIN_OK] = "ok",
		[WARD_LOGIN_FAILED] = "failed",
		[WARD_LOGIN_UNKNOWN] = "unknown"};
	struct ward_net *n = d->net;
	struct ward_slice user = login->user;
	char text[USER_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!ward_emit_begin(n, n->name[WARD_NET_NAME_CLASS_LOGIN]))
		return;
	if (turned)
		ward_emit_packet_turned(n, d->packet);
	else
		ward_emit_packet(n, d->packet);
	ward_emit_z(n, WARD_FIELD_SERVICE, d->module->name);
	if (user.len > USER_BYTES)
		user.len = USER_BYTES;
	ward_net_text(&w, user, "");
	if (user.len)
		ward_emit_str(n, WARD_FIELD_USER, ward_wr_text(&w));
	if (login->method)
		ward_emit_z(n, WARD_FIELD_LOGIN_METHOD, login->method);
	ward_emit_z(n, WARD_FIELD_LOGIN_OUTCOME, outcome[login->outcome]);
	if (login->cleartext)
		ward_emit_bool(n, WARD_FIELD_LOGIN_CLEARTEXT, true);
	ward_emit_end(n);
}
