#include "sense/net/proto/hl7/hl7.h"

#include <string.h>

enum { ENCODING_MIN = 3, ENCODING_MAX = 5 };

/* Segments of HL7 v2.1 to v2.9, in order. */
static const char names[][4] = {"ABS", "ACC", "ADD", "ADJ", "AFF", "AIG", "AIL", "AIP", "AIS",
	"AL1", "APR", "ARQ", "ARV", "AUT", "BHS", "BLC", "BLG", "BPO", "BPX", "BTS", "BTX", "BUI",
	"CDM", "CDO", "CER", "CM0", "CM1", "CM2", "CNS", "CON", "CSP", "CSR", "CSS", "CTD", "CTI",
	"CTR", "DB1", "DEV", "DG1", "DMI", "DON", "DPS", "DRG", "DSC", "DSP", "DST", "ECD", "ECR",
	"EDU", "EQL", "EQP", "EQU", "ERQ", "ERR", "EVN", "FAC", "FHS", "FT1", "FTS", "GOL", "GP1",
	"GP2", "GT1", "IAM", "IAR", "IIM", "ILT", "IN1", "IN2", "IN3", "INV", "IPC", "IPR", "ISD",
	"ITM", "IVC", "IVT", "LAN", "LCC", "LCH", "LDP", "LOC", "LRL", "MCP", "MFA", "MFE", "MFI",
	"MRG", "MSA", "MSH", "NCK", "NDS", "NK1", "NPU", "NSC", "NST", "NTE", "OBR", "OBX", "ODS",
	"ODT", "OH1", "OH2", "OH3", "OH4", "OM1", "OM2", "OM3", "OM4", "OM5", "OM6", "OM7", "OM8",
	"OMC", "ORC", "ORG", "OVR", "PAC", "PCE", "PCR", "PD1", "PDA", "PDC", "PEO", "PES", "PID",
	"PKG", "PM1", "PMT", "POS", "PR1", "PRA", "PRB", "PRC", "PRD", "PRT", "PSG", "PSH", "PSL",
	"PSS", "PTH", "PV1", "PV2", "PYE", "QAK", "QID", "QPD", "QRD", "QRF", "QRI", "RCP", "RDF",
	"RDT", "REL", "RF1", "RFI", "RGS", "RMI", "ROL", "RQ1", "RQD", "RXA", "RXC", "RXD", "RXE",
	"RXG", "RXO", "RXR", "RXV", "SAC", "SCD", "SCH", "SCP", "SDD", "SFT", "SGH", "SGT", "SHP",
	"SID", "SLT", "SPM", "SPR", "STF", "STZ", "TCC", "TCD", "TQ1", "TQ2", "TXA", "UAC", "UB1",
	"UB2", "URD", "URS", "VAR", "VND", "VTQ"};

size_t ward_hl7_segment_count(void)
{
	return WARD_ARRAY_LEN(names);
}

const char *ward_hl7_segment_nth(size_t at)
{
	return at < WARD_ARRAY_LEN(names) ? names[at] : NULL;
}

size_t ward_hl7_segment_at(const char name[3])
{
	size_t lo = 0, hi = WARD_ARRAY_LEN(names);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = memcmp(name, names[mid], 3);

		if (c == 0)
			return mid;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return SIZE_MAX;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_punct(char c)
{
	return c > ' ' && c < 0x7f && !is_digit(c) && !is_upper(c) && !(c >= 'a' && c <= 'z');
}

bool ward_hl7_is_segment(struct ward_str line, char separator)
{
	return line.len >= 3 && is_upper(line.p[0]) &&
	       (is_upper(line.p[1]) || is_digit(line.p[1])) &&
	       (is_upper(line.p[2]) || is_digit(line.p[2])) &&
	       (line.len == 3 || line.p[3] == separator);
}

/* What begins a message, a file of batches, a batch (2.10.3). */
static const char heads[][4] = {"MSH", "FHS", "BHS"};

/* MSH-2: three to five different marks, the separator not among them. */
static bool good_encoding(struct ward_str s, char separator)
{
	if (s.len < ENCODING_MIN || s.len > ENCODING_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!is_punct(s.p[i]) || s.p[i] == separator)
			return false;
		for (size_t j = 0; j < i; j++)
			if (s.p[i] == s.p[j])
				return false;
	}
	return true;
}

/* Cuts the next field off. */
static struct ward_str next(struct ward_str *rest, char separator)
{
	return ward_str_cut(rest, separator);
}

static bool is_headed(struct ward_str front, const char *name)
{
	if (front.len < 4 + ENCODING_MIN + 1 || memcmp(front.p, name, 3) != 0 ||
		!is_punct(front.p[3]))
		return false;
	struct ward_str rest = ward_str_sub(front, 4, ENCODING_MAX + 1);
	struct ward_str encoding = next(&rest, front.p[3]);

	return rest.p && good_encoding(encoding, front.p[3]);
}

bool ward_hl7_is_msh(struct ward_str front)
{
	return is_headed(front, heads[0]);
}

bool ward_hl7_is_head(struct ward_str front)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(heads); i++)
		if (is_headed(front, heads[i]))
			return true;
	return false;
}

bool ward_hl7_may_be_head(struct ward_str front)
{
	bool fits = false;

	for (size_t i = 0; i < WARD_ARRAY_LEN(heads) && !fits; i++)
		fits = ward_str_starts((struct ward_str){heads[i], 3}, ward_str_sub(front, 0, 3));
	for (size_t i = 3; i < front.len && fits; i++)
		fits = i <= 3 + ENCODING_MAX && is_punct(front.p[i]) &&
		       (i == 3 || front.p[i] != front.p[3]);
	return fits;
}

/* Upper-case letters, digits and underscores; else nothing. */
static struct ward_str code(struct ward_str s, size_t max)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_upper(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '_')
			return WARD_STR("");
	return s.len <= max ? s : WARD_STR("");
}

static void read_codes(struct ward_hl7_msh *m, struct ward_str field, char component)
{
	struct ward_str rest = field;

	m->type = code(next(&rest, component), 3);
	m->trigger = rest.p ? code(next(&rest, component), 3) : WARD_STR("");
	m->structure = rest.p ? code(next(&rest, component), 7) : WARD_STR("");
}

static void read_type(struct ward_hl7_msh *m, struct ward_str field)
{
	read_codes(m, field, m->component);
	if (m->type.len == 3)
		return;
	/* Senders are seen that declare other marks and write the usual one here. */
	m->fault = WARD_HL7_MSH_TYPE;
	read_codes(m, field, '^');
}

static struct ward_str first(struct ward_str field, char component)
{
	return next(&field, component);
}

bool ward_hl7_msh(struct ward_str line, struct ward_hl7_msh *m)
{
	*m = (struct ward_hl7_msh){.fault = WARD_HL7_REASON_N};
	if (!ward_hl7_is_msh(line))
		return false;
	m->separator = line.p[3];
	m->component = line.p[4];
	struct ward_str rest = ward_str_sub(line, 4, line.len), field[19] = {{NULL, 0}};
	size_t n = 2;

	for (; n < WARD_ARRAY_LEN(field) && rest.p; n++)
		field[n] = next(&rest, m->separator);
	m->sending_application = field[3];
	m->sending_facility = field[4];
	m->receiving_application = field[5];
	m->receiving_facility = field[6];
	m->time = first(field[7], m->component);
	m->control = field[10];
	m->processing = first(field[11], m->component);
	m->version = first(field[12], m->component);
	m->accept_ack = code(field[15], 2);
	m->application_ack = code(field[16], 2);
	m->charset = field[18];
	if (n <= 9)
		m->fault = WARD_HL7_MSH_SHORT;
	else
		read_type(m, field[9]);
	return true;
}

void ward_hl7_msa(struct ward_str line, char separator, struct ward_hl7_msa *m)
{
	struct ward_str rest = line;

	(void)next(&rest, separator);
	m->code = rest.p ? next(&rest, separator) : WARD_STR("");
	m->control = rest.p ? next(&rest, separator) : WARD_STR("");
	if (m->code.len != 2 || (m->code.p[0] != 'A' && m->code.p[0] != 'C') ||
		(m->code.p[1] != 'A' && m->code.p[1] != 'E' && m->code.p[1] != 'R'))
		m->code = WARD_STR("");
}

void ward_hl7_err(struct ward_str line, char separator, char component, struct ward_hl7_err *e)
{
	struct ward_str rest = line, field[5] = {{NULL, 0}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(field) && rest.p; i++)
		field[i] = next(&rest, separator);
	e->code = first(field[3], component);
	for (size_t i = 0; i < e->code.len; i++)
		if (!is_digit(e->code.p[i]) || e->code.len > 5)
			e->code = WARD_STR("");
	e->severity = field[4].len == 1 && is_upper(field[4].p[0]) ? field[4] : WARD_STR("");
}

/* EI (2A.3.26): entity ^ namespace ^ universal id ^ its type. */
static void read_instance(struct ward_str field, char component, struct ward_hl7_device *ret)
{
	struct ward_str rest = field;

	ret->entity = next(&rest, component);
	if (rest.p)
		(void)next(&rest, component);
	ret->universal = rest.p ? next(&rest, component) : WARD_STR("");
}

/* A code: at most so many letters, digits, '.', '_' and '-'. */
static struct ward_str point(struct ward_str s, char component)
{
	s = first(s, component);
	for (size_t i = 0; i < s.len; i++)
		if (!is_upper(s.p[i]) && !is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') &&
			s.p[i] != '.' && s.p[i] != '_' && s.p[i] != '-')
			return WARD_STR("");
	return s.len <= WARD_HL7_POINT ? s : WARD_STR("");
}

void ward_hl7_visit(
	struct ward_str line, char separator, char component, struct ward_hl7_visit *ret)
{
	struct ward_str rest = line, field[7] = {{NULL, 0}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(field) && rest.p; i++)
		field[i] = next(&rest, separator);
	ret->point = point(field[3], component);
	ret->prior = point(field[6], component);
}

static bool holds(struct ward_str s, const char *part)
{
	return s.len && memmem(s.p, s.len, part, strlen(part)) != NULL;
}

bool ward_hl7_device(
	struct ward_str line, char separator, char component, struct ward_hl7_device *ret)
{
	struct ward_str rest = line, field[19] = {{NULL, 0}};
	bool obx = memcmp(line.p, "OBX", 3) == 0;

	*ret = (struct ward_hl7_device){.entity = WARD_STR("")};
	for (size_t i = 0; i < WARD_ARRAY_LEN(field) && rest.p; i++)
		field[i] = next(&rest, separator);
	if (obx && holds(field[3], "MDC_IDC"))
		return false;
	read_instance(field[obx ? 18 : 10], component, ret);
	if (!obx)
		ret->udi = first(field[16], component);
	return ret->entity.len || ret->universal.len || ret->udi.len;
}
