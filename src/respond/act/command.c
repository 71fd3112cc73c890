#include "respond/act/command.h"

#include "model/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { SLOT_MAX = 16, V4_AT = 12 };

static enum ward_err no(
	struct ward_command_why *why, const char *what, struct ward_str of, const char *mend)
{
	of = ward_str_sub(of, 0, WARD_COMMAND_OF);
	why->what = what;
	why->mend = mend;
	why->of_len = of.len;
	if (of.len)
		memcpy(why->of, of.p, of.len);
	return WARD_ERR_MALFORMED;
}

bool ward_command_is_plain(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			(!c || !strchr("._:/-", c)))
			return false;
	}
	return s.len > 0;
}

static struct ward_str address_of(
	const struct ward_model *m, uint32_t node, char text[INET6_ADDRSTRLEN])
{
	static const uint8_t mapped[V4_AT] = {[10] = 0xff, [11] = 0xff};
	struct ward_str key = ward_model_key(m, node, WARD_KEY_IP);
	bool v4 = key.len == 16 && memcmp(key.p, mapped, sizeof(mapped)) == 0;

	if (key.len != 16 || !inet_ntop(v4 ? AF_INET : AF_INET6, key.p + (v4 ? V4_AT : 0), text,
				     INET6_ADDRSTRLEN))
		return WARD_STR("");
	return ward_str_z(text);
}

/* The slot that begins here; empty: a brace like any other. */
static struct ward_str slot_at(struct ward_str t, size_t i)
{
	size_t n = i + 1;

	while (n < t.len && t.p[n] >= 'a' && t.p[n] <= 'z' && n - i <= SLOT_MAX)
		n++;
	return n > i + 1 && n < t.len && t.p[n] == '}' ? ward_str_sub(t, i + 1, n - i - 1)
						       : WARD_STR("");
}

bool ward_act_host(struct ward_str s, char ret[18])
{
	uint8_t b[6];

	static const uint8_t zero[6], shared[] = {0x00, 0x00, 0x5e, 0x00}; /* VRRP, RFC 5798 */

	if (!ward_addr_mac(s, b) || b[0] & 1 || memcmp(b, zero, sizeof(b)) == 0 ||
		memcmp(b, shared, sizeof(shared)) == 0)
		return false;
	(void)snprintf(
		ret, 18, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
	return true;
}

static struct ward_str mac_of(const struct ward_model *m, struct ward_act_thing on, char text[18])
{
	struct ward_str key = ward_model_key(m, on.node, WARD_KEY_MAC);
	struct ward_wr w = ward_wr_fixed(text, 18);

	if (on.host.len || key.len != 6)
		return on.host;
	for (size_t i = 0; i < key.len; i++)
		ward_wr_printf(&w, "%s%02x", i ? ":" : "", (unsigned)(uint8_t)key.p[i]);
	return ward_wr_text(&w);
}

static enum ward_err fill(struct ward_str slot, const struct ward_model *m,
	struct ward_act_thing on, struct ward_wr *w, struct ward_command_why *why)
{
	const struct ward_node *n = ward_model_node(m, on.node);
	char text[INET6_ADDRSTRLEN];
	struct ward_str value;

	if (ward_str_eqz(slot, "thing"))
		value = n->id;
	else if (ward_str_eqz(slot, "name"))
		value = n->name;
	else if (ward_str_eqz(slot, "mac"))
		value = mac_of(m, on, text);
	else if (ward_str_eqz(slot, "address") && on.host.len)
		return no(why, WARD_TEXT("nobody knows the IP address of a host on '{word}'"),
			n->id, WARD_TEXT("write {mac}, by which it is known"));
	else if (ward_str_eqz(slot, "address"))
		value = address_of(m, on.node, text);
	else
		return no(why, WARD_TEXT("no slot is called '{word}'"), slot,
			WARD_TEXT("write {thing}, {address}, {mac} or {name}"));
	if (!value.len)
		return no(why, WARD_TEXT("the hospital's directory gives no address of '{word}'"),
			n->id, WARD_TEXT("add its `ip` or `mac`, or take it out of `on`"));
	if (!ward_command_is_plain(value) || value.p[0] == '-') /* no option */
		return no(why, WARD_TEXT("this can't stand in a command: '{word}'"), value,
			WARD_TEXT("only letters, digits and . _ : / - can; use {thing} or "
				  "{address}"));
	ward_wr_str(w, value);
	return WARD_OK;
}

enum ward_err ward_command_fill(struct ward_str t, const struct ward_model *m,
	struct ward_act_thing on, struct ward_wr *w, struct ward_command_why *ret_why)
{
	size_t before = ward_wr_slice(w).len;

	for (size_t i = 0; i < t.len; i++) {
		struct ward_str slot = t.p[i] == '{' ? slot_at(t, i) : WARD_STR("");

		if (t.p[i] < ' ' || t.p[i] > '~')
			return no(ret_why, WARD_TEXT("not all of it can be printed: '{word}'"), t,
				WARD_TEXT("write one line of ASCII"));
		if (!slot.len) {
			ward_wr_ch(w, t.p[i]);
			continue;
		}
		if (fill(slot, m, on, w, ret_why) != WARD_OK)
			return WARD_ERR_MALFORMED;
		i += slot.len + 1;
	}
	if (ward_wr_bad(w) || ward_wr_slice(w).len - before > WARD_COMMAND_MAX)
		return no(ret_why, WARD_TEXT("the command is too long: '{word}'"), t,
			WARD_TEXT("let it call a script on the other side"));
	return WARD_OK;
}
