/* Connections, for people: a table, a table for programs, a picture. */
#include "cli/flows.h"

enum { WIDTH = 1240, ROW = 34, TOP = 64, BOX = 360 };

static void say_seal(struct ward_wr *w, struct ward_lang *lang, enum ward_flow_seal seal)
{
	static const char *const words[] = {
		[WARD_FLOW_PLAIN] = WARD_TEXT("no"),
		[WARD_FLOW_TLS] = WARD_TEXT("TLS"),
		[WARD_FLOW_MUTUAL] = WARD_TEXT("TLS, both prove who they are"),
		[WARD_FLOW_SEALED] = WARD_TEXT("encrypted by itself"),
		[WARD_FLOW_STARTS] = WARD_TEXT("TLS before anything is said"),
	};

	ward_say(w, lang, words[seal]);
}

static void say_other(struct ward_wr *w, struct ward_lang *lang, const struct ward_flow *f)
{
	if (f->other[0])
		ward_wr_z(w, f->other);
	else
		ward_say(w, lang, WARD_TEXT("whoever sends"));
}

/* Ward's name is the same in each language, and the word that a hospital has for its wards another.
 */
static void say_us(struct ward_wr *w, struct ward_lang *lang, const char *ours)
{
	if (ours)
		ward_say(w, lang, ours);
	else
		ward_wr_z(w, "Ward");
}

static void say_ours(
	struct ward_wr *w, struct ward_lang *lang, const char *ours, const struct ward_flow *f)
{
	say_us(w, lang, ours);
	if (f->at[0]) {
		ward_wr_ch(w, ' ');
		ward_wr_z(w, f->at);
	}
}

static void say_why(struct ward_wr *w, struct ward_lang *lang, const struct ward_flow *f)
{
	WARD_SAY(w, lang, f->what, {"name", ward_str_z(f->name)});
}

static void say_port(struct ward_wr *w, const struct ward_flow *f)
{
	ward_wr_z(w, f->udp ? "UDP " : "TCP ");
	if (f->port)
		ward_wr_u64(w, f->port);
	else
		ward_wr_ch(w, '?');
}

enum cell { FROM, TO, PORT, PROTOCOL, SEAL, WHY, CELLS };

/* What is said, and how. */
struct teller {
	struct ward_wr *w;
	struct ward_lang *lang;
	const char *ours;
	void (*escape)(struct ward_wr *w, struct ward_str s); /* what would end a cell */
};

static void say(const struct teller *t, struct ward_wr *w, const struct ward_flow *f, enum cell c)
{
	switch (c) {
	case FROM:
	case TO:
		if (f->in == (c == FROM))
			say_other(w, t->lang, f);
		else
			say_ours(w, t->lang, t->ours, f);
		break;
	case PORT:
		say_port(w, f);
		break;
	case PROTOCOL:
		ward_wr_z(w, f->protocol);
		break;
	case SEAL:
		say_seal(w, t->lang, f->seal);
		break;
	case WHY:
		say_why(w, t->lang, f);
		break;
	case CELLS:
		break;
	}
}

static const char *const head[CELLS] = {WARD_TEXT("from"), WARD_TEXT("to"), WARD_TEXT("port"),
	WARD_TEXT("protocol"), WARD_TEXT("encrypted"), WARD_TEXT("why")};

/* NULL: the column's name. */
static void put(const struct teller *t, const struct ward_flow *f, enum cell c)
{
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 4096);

	if (f)
		say(t, &one, f, c);
	else
		ward_say(&one, t->lang, head[c]);
	t->escape(t->w, ward_wr_text(&one));
	ward_wr_fini(&one);
}

/* ---- Markdown ---- */

static void as_markdown(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '|' || s.p[i] == '\\' || s.p[i] == '`' || s.p[i] == '<')
			ward_wr_ch(w, '\\');
		ward_wr_ch(w, s.p[i]);
	}
}

void ward_flows_markdown(
	const struct ward_flows *t, bool machine, struct ward_lang *lang, struct ward_wr *w)
{
	const struct teller x = {w, lang, t->ours, as_markdown};
	size_t n = 0, n_in = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->f[i].here && !machine)
			continue;
		for (enum cell c = FROM; !n && c < CELLS; c++) {
			ward_wr_z(w, c ? " | " : "| ");
			put(&x, NULL, c);
		}
		ward_wr_z(w, n++ ? "" : " |\n|---|---|---|---|---|---|\n");
		n_in += t->f[i].in;
		for (enum cell c = FROM; c < CELLS; c++) {
			ward_wr_z(w, c ? " | " : "| ");
			put(&x, &t->f[i], c);
		}
		ward_wr_z(w, " |\n");
	}
	ward_wr_z(w, n ? "\n" : "");
	if (!n)
		ward_say(w, lang, WARD_TEXT("Nothing goes over the network."));
	else if (!n_in)
		ward_say(w, lang,
			WARD_TEXT("Nothing comes in: each connection begins here, outwards. All "
				  "else can be closed."));
	else
		ward_say(w, lang,
			WARD_TEXT("Answers go back on the same connection. All else can be "
				  "closed."));
	ward_wr_ch(w, '\n');
}

/* ---- CSV ---- */

static void as_csv(struct ward_wr *w, struct ward_str s)
{
	/* a spreadsheet takes what begins so for a formula */
	bool formula = s.len && strchr("=+-@\t", s.p[0]);

	ward_wr_ch(w, '"');
	if (formula)
		ward_wr_ch(w, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ward_wr_ch(w, '"');
		ward_wr_ch(w, s.p[i]);
	}
	ward_wr_ch(w, '"');
}

void ward_flows_csv(
	const struct ward_flows *t, bool machine, struct ward_lang *lang, struct ward_wr *w)
{
	const struct teller x = {w, lang, t->ours, as_csv};
	static const char *const seal[] = {"none", "tls", "mutual", "own", "starttls"};

	ward_wr_z(w, "from,to,port,protocol,transport,encryption,why\r\n");
	for (size_t i = 0; i < t->n; i++) {
		const struct ward_flow *f = &t->f[i];

		if (f->here && !machine)
			continue;
		put(&x, f, FROM);
		ward_wr_ch(w, ',');
		put(&x, f, TO);
		ward_wr_printf(w, ",%u,", f->port);
		put(&x, f, PROTOCOL);
		ward_wr_printf(w, ",%s,%s,", f->udp ? "udp" : "tcp", seal[f->seal]);
		put(&x, f, WHY);
		ward_wr_z(w, "\r\n");
	}
}

/* ---- SVG ---- */

static void as_xml(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '&')
			ward_wr_z(w, "&amp;");
		else if (c == '<')
			ward_wr_z(w, "&lt;");
		else if (c == '"')
			ward_wr_z(w, "&quot;");
		else
			ward_wr_ch(w, c < ' ' ? ' ' : (char)c);
	}
}

static void text(struct ward_wr *w, int x, int y, const char *anchor)
{
	ward_wr_printf(w, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
}

/* One connection: who is elsewhere at its side, the line with what goes over it. */
static void draw(const struct teller *x, const struct ward_flow *f, int y)
{
	struct ward_wr *w = x->w;
	int middle = WIDTH / 2, from = f->in ? BOX + 20 : middle + 90,
	    to = f->in ? middle - 90 : WIDTH - BOX - 20;

	ward_wr_printf(w,
		"<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"%s\" "
		"marker-end=\"url(#a)\"/>\n",
		from, y, to - 6, y, f->seal == WARD_FLOW_PLAIN ? "plain" : "sealed");
	text(w, (from + to) / 2 - 6, y - 5, "middle"); /* beside the arrow's head */
	say_port(w, f);
	ward_wr_ch(w, ' ');
	put(x, f, PROTOCOL);
	ward_wr_z(w, "</text>\n");
	text(w, f->in ? BOX + 12 : WIDTH - BOX - 12, y - 2, f->in ? "end" : "start");
	put(x, f, f->in ? FROM : TO);
	ward_wr_z(w, "</text>\n");
	ward_wr_z(w, "<g class=\"why\">");
	text(w, f->in ? BOX + 12 : WIDTH - BOX - 12, y + 11, f->in ? "end" : "start");
	put(x, f, WHY);
	ward_wr_z(w, "</text></g>\n");
}

void ward_flows_svg(
	const struct ward_flows *t, bool machine, struct ward_lang *lang, struct ward_wr *w)
{
	const struct teller x = {w, lang, t->ours, as_xml};
	int n[2] = {0, 0}, height;

	for (size_t i = 0; i < t->n; i++)
		if (machine || !t->f[i].here)
			n[t->f[i].in]++;
	height = TOP + ROW * ((n[0] > n[1] ? n[0] : n[1]) + 1);
	ward_wr_printf(w,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		"font-family=\"sans-serif\" font-size=\"12\">\n"
		"<style>.plain{stroke:#b45309;stroke-dasharray:5 3}.sealed{stroke:#1d6f42}"
		"line{stroke-width:1.6}.why{font-size:10px;fill:#555}</style>\n"
		"<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
		"markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/>"
		"</marker></defs>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n"
		"<rect x=\"%d\" y=\"40\" width=\"160\" height=\"%d\" rx=\"8\" fill=\"#eef2f7\" "
		"stroke=\"#475569\"/>\n",
		WIDTH, height, WIDTH, WIDTH, height, WIDTH / 2 - 80, height - 60);
	text(w, WIDTH / 2, 30, "middle");
	say_us(w, lang, t->ours);
	ward_wr_z(w, "</text>\n");
	text(w, 12, 22, "start");
	ward_say(w, lang, WARD_TEXT("green: encrypted; dashed: not"));
	ward_wr_z(w, "</text>\n");
	n[0] = n[1] = 0;
	for (size_t i = 0; i < t->n; i++)
		if (machine || !t->f[i].here)
			draw(&x, &t->f[i], TOP + 10 + ROW * n[t->f[i].in]++);
	ward_wr_z(w, "</svg>\n");
}
