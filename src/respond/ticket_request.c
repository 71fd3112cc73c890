#include "respond/ticket_request.h"

#include <stdio.h>
#include <string.h>

/* As many characters as a title may have there. */
static struct ward_str within(struct ward_str s, uint64_t n)
{
	size_t end = 0;

	for (; end < s.len; end++)
		if (((uint8_t)s.p[end] & 0xc0) != 0x80 && n-- == 0)
			break;
	return ward_str_sub(s, 0, end);
}

/* Of several lines: where they are HTML, nothing of them is read as a tag, and lines stay lines. */
static struct ward_str lines(
	const struct ward_ticket_system *system, struct ward_str s, struct ward_wr *w)
{
	ward_wr_reset(w);
	if (!system->html)
		return s;
	while (s.len) {
		const struct ward_str line[WARD_SLOT_N] = {
			[WARD_SLOT_TEXT] = ward_str_cut(&s, '\n')};

		ward_template_fill(WARD_STR("{text}"), WARD_AS_XML, line, w);
		if (s.len)
			ward_wr_z(w, "<br>");
	}
	return ward_wr_text(w);
}

static struct ward_str priority(const struct ward_ticket_system *system, struct ward_str level)
{
	static const char *const name[] = {"informational", "low", "medium", "high", "critical"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (ward_str_eqz(level, name[i]))
			return system->priority[i];
	return system->priority[0];
}

void respond_ticket_write(const struct ticket_values *v, enum ward_ticket_do d,
	struct ward_wr *text, struct ward_wr *reason, struct ward_wr *to)
{
	const struct ward_ticket_request *q = &v->system->request[d];
	struct ward_weburl url = *v->url;
	size_t len = strlen(url.path);
	const struct ward_str value[WARD_SLOT_N] = {[WARD_SLOT_USER] = v->user,
		[WARD_SLOT_SECRET] = v->secret,
		[WARD_SLOT_LOGIN] = v->login,
		[WARD_SLOT_SESSION] = v->session,
		[WARD_SLOT_TICKET] = v->ticket,
		[WARD_SLOT_INCIDENT] = v->incident,
		[WARD_SLOT_TITLE] = within(ward_conf_word(v->c, "title"), v->system->title),
		[WARD_SLOT_MESSAGE] = lines(v->system, ward_conf_word(v->c, "message"), text),
		[WARD_SLOT_REASON] = lines(v->system, ward_conf_word(v->c, "reason"), reason),
		[WARD_SLOT_WHERE] = ward_conf_word(v->c, "where"),
		[WARD_SLOT_LEVEL] = ward_conf_word(v->c, "level"),
		[WARD_SLOT_PRIORITY] = priority(v->system, ward_conf_word(v->c, "level"))};

	while (len && url.path[len - 1] == '/')
		len--;
	int n = snprintf(url.path + len, sizeof(url.path) - len, "%.*s", WARD_STR_ARG(q->path));

	to->bad = to->bad || n < 0 || (size_t)n >= sizeof(url.path) - len || ward_wr_bad(text) ||
		  ward_wr_bad(reason);
	ward_template_write(&q->t, &url, value, to);
}
