/* Tables of vulnerabilities: a list of CVEs by product or asset, CISA's KEV, FIRST's EPSS. */
#include "risk/advice.h"

enum column { CVE, VENDOR, PRODUCT, VERSIONS, CPE, PURL, ASSET, CVSS, STATUS, FIX, URL, COLUMNS };
static const char *const names[COLUMNS] = {"cve", "vendor", "product", "versions", "cpe", "purl",
	"asset", "cvss", "status", "fix", "url"};

struct reader {
	struct ward_advices *a;
	const struct ward_csv *t;
	struct ward_diag *diag;
	size_t column[COLUMNS];
};

static void bad(
	struct reader *r, uint32_t line, const char *what, struct ward_str name, const char *mend)
{
	ward_diag_say(r->diag,
		&(struct ward_diag_item){.level = WARD_DIAG_ERROR,
			.file = r->t->file,
			.line = line,
			.what = ward_str_z(what),
			.mend = ward_str_z(mend),
			.slot = &(struct ward_diag_slot){"name", ward_str_sub(name, 0, 80)},
			.n_slot = 1});
}

static struct ward_str cell(const struct reader *r, const struct ward_csv_row *row, enum column c)
{
	return r->column[c] == SIZE_MAX ? WARD_STR("") : ward_str_trim(row->cell[r->column[c]]);
}

/* A score, or a vector that says no more than from where. */
static void scored(struct reader *r, const struct ward_csv_row *row, struct ward_advice *x)
{
	struct ward_str s = cell(r, row, CVSS);

	x->cvss_micro = -1;
	x->vector = ward_cvss_vector(s);
	if (s.len && !x->vector && !ward_cvss_parse(s, &x->cvss_micro))
		bad(r, row->line, WARD_TEXT("no CVSS score: '{name}'"), s,
			WARD_TEXT("a base score is a number from 0 to 10"));
}

static bool status(struct reader *r, const struct ward_csv_row *row, struct ward_advice *x)
{
	struct ward_str s = cell(r, row, STATUS);

	x->status = WARD_ADVICE_AFFECTED;
	if (!s.len)
		return true;
	for (unsigned i = 0; i < WARD_ADVICE_N; i++)
		if (ward_str_eqz(s, ward_advice_status_name((enum ward_advice_status)i))) {
			x->status = (enum ward_advice_status)i;
			return true;
		}
	bad(r, row->line, WARD_TEXT("no status: '{name}'"), s,
		WARD_TEXT("write affected, under_investigation, fixed or not_affected"));
	return false;
}

static enum ward_err list_row(struct reader *r, const struct ward_csv_row *row)
{
	struct ward_product p = {.vendor = cell(r, row, VENDOR),
		.name = cell(r, row, PRODUCT),
		.range = cell(r, row, VERSIONS),
		.cpe = cell(r, row, CPE),
		.purl = cell(r, row, PURL),
		.asset = cell(r, row, ASSET)};
	struct ward_advice x = {.fix = cell(r, row, FIX),
		.url = cell(r, row, URL),
		.source = r->t->file,
		.file = r->t->file,
		.line = row->line,
		.as_of = INT64_MIN};
	struct ward_str cve = cell(r, row, CVE);

	if (!cve.len) {
		bad(r, row->line, WARD_TEXT("an empty '{name}'"), WARD_STR("cve"),
			WARD_TEXT("name the vulnerability"));
		return WARD_OK;
	}
	if (!p.name.len && !p.cpe.len && !p.purl.len && !p.asset.len) {
		bad(r, row->line, WARD_TEXT("nothing says what has '{name}'"), cve,
			WARD_TEXT("fill product (and vendor), cpe, purl or asset"));
		return WARD_OK;
	}
	if (!status(r, row, &x))
		return WARD_OK;
	scored(r, row, &x);
	x.remedy = x.fix.len || x.url.len ? WARD_REMEDY_FIX : WARD_REMEDY_NONE;
	p.label = p.name.len ? p.name : p.cpe.len ? p.cpe : p.purl.len ? p.purl : p.asset;
	enum ward_err err = ward_advices_cve(r->a, cve, &x.cve);

	if (!err)
		err = ward_advices_product(r->a, &p, &x.product);
	return err ? err : ward_advices_add(r->a, &x);
}

static enum ward_err kev_row(struct reader *r, const struct ward_csv_row *row, size_t id)
{
	size_t ransom = ward_csv_column(r->t, "knownRansomwareCampaignUse");
	uint32_t c;
	enum ward_err err = ward_advices_cve(r->a, row->cell[id], &c);

	if (err)
		return err;
	r->a->cve[c].kev = true;
	r->a->cve[c].ransom = ransom != SIZE_MAX && ward_str_eqz(row->cell[ransom], "Known");
	return WARD_OK;
}

static enum ward_err epss_row(struct reader *r, const struct ward_csv_row *row, size_t epss)
{
	int64_t v;
	uint32_t c;

	/* FIRST gives up to nine places; beyond millionths is beyond what it knows. */
	if (!ward_degree_parse(ward_str_sub(row->cell[epss], 0, 8), &v)) {
		bad(r, row->line, WARD_TEXT("no likelihood: '{name}'"), row->cell[epss],
			WARD_TEXT("EPSS gives a decimal from 0 to 1"));
		return WARD_OK;
	}
	enum ward_err err = ward_advices_cve(r->a, cell(r, row, CVE), &c);

	if (!err)
		r->a->cve[c].epss_micro = v;
	return err;
}

enum ward_err ward_advices_table(
	struct ward_advices *a, const struct ward_csv *t, struct ward_diag *diag)
{
	struct reader r = {a, t, diag, {0}};
	size_t kev = ward_csv_column(t, "cveID"), epss = ward_csv_column(t, "epss");
	enum ward_err err = WARD_OK;

	for (unsigned c = 0; c < COLUMNS; c++)
		r.column[c] = ward_csv_column(t, names[c]);
	if (kev == SIZE_MAX && r.column[CVE] == SIZE_MAX) {
		bad(&r, 1, WARD_TEXT("no column '{name}'"), WARD_STR("cve"),
			WARD_TEXT("give cve and product, cpe, purl or asset; or CISA's KEV or "
				  "FIRST's EPSS "
				  "as they publish it"));
		return WARD_OK;
	}
	for (size_t i = 0; i < t->n_row && !err; i++)
		err = kev != SIZE_MAX    ? kev_row(&r, &t->row[i], kev)
		      : epss != SIZE_MAX ? epss_row(&r, &t->row[i], epss)
					 : list_row(&r, &t->row[i]);
	return err;
}
