/* Of a message: the names of attached files and the program that wrote it. No other field is read.
 */
#include "sense/net/proto/smtp/stream.h"
#include "sense/net/sensor.h"

static bool begins(struct ward_str line, const char *lower)
{
	size_t n = strlen(lower);

	return line.len >= n && ward_str_ieq(ward_str_sub(line, 0, n), ward_str_z(lower));
}

static bool known(const struct ward_smtp_mail *m, struct ward_str name)
{
	for (size_t i = 0; i < m->n_file; i++)
		if (ward_str_eq(ward_smtp_str(&m->file[i]), ward_str_sub(name, 0, WARD_SMTP_NAME)))
			return true;
	return false;
}

static void see_agent(struct ward_smtp_mail *m, struct ward_str line)
{
	struct ward_str rest = line;

	(void)ward_str_cut(&rest, ':');
	if (!m->agent.len)
		ward_smtp_keep(&m->agent, ward_str_trim(rest));
}

void ward_smtp_see_content(struct ward_smtp_mail *m, struct ward_str line)
{
	if (begins(line, "--") && line.len > 2) /* RFC 2046 5.1.1 */
		m->in_header = true;
	if (!line.len)
		m->in_header = m->in_content = false;
	if (!m->in_header)
		return;
	if (line.p[0] != ' ' && line.p[0] != '\t')
		m->in_content =
			begins(line, "content-type:") || begins(line, "content-disposition:");
	if (begins(line, "x-mailer:") || begins(line, "user-agent:"))
		see_agent(m, line);
	struct ward_str name = m->in_content ? ward_smtp_file_name(line) : WARD_STR("");

	/* It may stand in both fields. */
	if (name.len && m->n_file < WARD_SMTP_LIST && !known(m, name))
		ward_smtp_keep(&m->file[m->n_file++], name);
}

void ward_smtp_carve(struct ward_dissect *d, struct ward_slice bytes)
{
	struct ward_smtp_flow *f = d->flow;
	struct ward_file_meta m = {.service = d->module->name, .parts = WARD_PARTS_MESSAGE};

	if (!f->file) {
		ward_file_note(
			&m, d->net->name[WARD_NET_NAME_FILE_DECLARED], WARD_STR("message/rfc822"));
		f->file = ward_carve_begin(d, &m);
		f->file_at = 0;
	}
	ward_carve_bytes(d->net, f->file, f->file_at, bytes);
	f->file_at += bytes.len;
}
