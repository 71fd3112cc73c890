/* IEC 60870-5-104 (2006): one APDU as a validated struct, its ASDU by IEC 60870-5-101 clause 7.
 *
 * ward_iec104_parse is a pure function over outside bytes: it never recurses and allocates nothing.
 * Private to this folder. */
#ifndef WARD_SENSE_NET_IEC104_IEC104_H
#define WARD_SENSE_NET_IEC104_IEC104_H

#include "base/rd.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_IEC104_REASON_LIST(X)                        \
	X(APCI_START, "net.iec104.reject.apci.start")     \
	X(APCI_LENGTH, "net.iec104.reject.apci.length")   \
	X(APCI_CONTROL, "net.iec104.reject.apci.control") \
	X(ASDU_SHORT, "net.iec104.reject.asdu.short")     \
	X(ASDU_CAUSE, "net.iec104.reject.asdu.cause")     \
	X(ASDU_SIZE, "net.iec104.reject.asdu.size")

enum ward_iec104_reason {
#define X(IDENT, name) WARD_IEC104_##IDENT,
	WARD_IEC104_REASON_LIST(X)
#undef X
		WARD_IEC104_REASON_N, /* none */
};

/* Type identifications (101 clause 7.2.1, 104 clause 8): X(NAME, code, bytes of an element) */
#define WARD_IEC104_TYPE_LIST(X) \
	X(m_sp_na_1, 1, 1)       \
	X(m_sp_ta_1, 2, 4)       \
	X(m_dp_na_1, 3, 1)       \
	X(m_dp_ta_1, 4, 4)       \
	X(m_st_na_1, 5, 2)       \
	X(m_st_ta_1, 6, 5)       \
	X(m_bo_na_1, 7, 5)       \
	X(m_bo_ta_1, 8, 8)       \
	X(m_me_na_1, 9, 3)       \
	X(m_me_ta_1, 10, 6)      \
	X(m_me_nb_1, 11, 3)      \
	X(m_me_tb_1, 12, 6)      \
	X(m_me_nc_1, 13, 5)      \
	X(m_me_tc_1, 14, 8)      \
	X(m_it_na_1, 15, 5)      \
	X(m_it_ta_1, 16, 8)      \
	X(m_ep_ta_1, 17, 6)      \
	X(m_ep_tb_1, 18, 7)      \
	X(m_ep_tc_1, 19, 7)      \
	X(m_ps_na_1, 20, 5)      \
	X(m_me_nd_1, 21, 2)      \
	X(m_sp_tb_1, 30, 8)      \
	X(m_dp_tb_1, 31, 8)      \
	X(m_st_tb_1, 32, 9)      \
	X(m_bo_tb_1, 33, 12)     \
	X(m_me_td_1, 34, 10)     \
	X(m_me_te_1, 35, 10)     \
	X(m_me_tf_1, 36, 12)     \
	X(m_it_tb_1, 37, 12)     \
	X(m_ep_td_1, 38, 10)     \
	X(m_ep_te_1, 39, 11)     \
	X(m_ep_tf_1, 40, 11)     \
	X(c_sc_na_1, 45, 1)      \
	X(c_dc_na_1, 46, 1)      \
	X(c_rc_na_1, 47, 1)      \
	X(c_se_na_1, 48, 3)      \
	X(c_se_nb_1, 49, 3)      \
	X(c_se_nc_1, 50, 5)      \
	X(c_bo_na_1, 51, 4)      \
	X(c_sc_ta_1, 58, 8)      \
	X(c_dc_ta_1, 59, 8)      \
	X(c_rc_ta_1, 60, 8)      \
	X(c_se_ta_1, 61, 10)     \
	X(c_se_tb_1, 62, 10)     \
	X(c_se_tc_1, 63, 12)     \
	X(c_bo_ta_1, 64, 11)     \
	X(m_ei_na_1, 70, 1)      \
	X(c_ic_na_1, 100, 1)     \
	X(c_ci_na_1, 101, 1)     \
	X(c_rd_na_1, 102, 0)     \
	X(c_cs_na_1, 103, 7)     \
	X(c_ts_na_1, 104, 2)     \
	X(c_rp_na_1, 105, 1)     \
	X(c_cd_na_1, 106, 2)     \
	X(c_ts_ta_1, 107, 9)     \
	X(p_me_na_1, 110, 3)     \
	X(p_me_nb_1, 111, 3)     \
	X(p_me_nc_1, 112, 5)     \
	X(p_ac_na_1, 113, 1)     \
	X(f_fr_na_1, 120, 6)     \
	X(f_sr_na_1, 121, 7)     \
	X(f_sc_na_1, 122, 4)     \
	X(f_ls_na_1, 123, 5)     \
	X(f_af_na_1, 124, 4)     \
	X(f_dr_ta_1, 126, 13)    \
	X(f_sc_nb_1, 127, 16)

enum {
	WARD_IEC104_HEADER = 6,
	WARD_IEC104_OBJECTS = 32,
	WARD_IEC104_ACTIVATION = 6,
	WARD_IEC104_ACTIVATION_CON = 7,
	WARD_IEC104_DEACTIVATION = 8,
	WARD_IEC104_DEACTIVATION_CON = 9,
	WARD_IEC104_UNKNOWN_TYPE = 44, /* to 47: the other station does not know what is meant */
};

enum ward_iec104_format { WARD_IEC104_I, WARD_IEC104_S, WARD_IEC104_U };

struct ward_iec104_optional {
	bool is;
	int64_t v;
};

struct ward_iec104 {
	enum ward_iec104_format format;
	size_t size;            /* of the APDU; 0: not known yet */
	const char *u_function; /* of U */
	uint16_t send, receive; /* sequence numbers of I and S */
	/* Of I: the data unit identifier, and what is meant. */
	uint8_t type, cause, originator;
	bool known_type, sequence, negative, test;
	uint16_t common_address;
	unsigned n_object; /* that the ASDU says */
	uint32_t ioa[WARD_IEC104_OBJECTS];
	size_t n_ioa;
	/* Of commands, of the first object: */
	const char *command; /* off, on, lower, higher, or what is asked for */
	struct ward_iec104_optional qualifier;
	struct ward_iec104_optional select; /* 1 select, 0 execute */
	bool is_real;                       /* value is real, else integer */
	struct ward_iec104_optional value;
	double real;
	struct ward_slice time; /* seven bytes: CP56Time2a of a clock command */
	size_t n_unparsed;
	enum ward_iec104_reason reason;
	size_t off;
};

enum ward_iec104_frame { WARD_IEC104_MORE, WARD_IEC104_NOT, WARD_IEC104_WHOLE };

/* Looks at the header and, when it is whole, at the APDU that begins payload. NOT: with reason. */
enum ward_iec104_frame ward_iec104_parse(struct ward_slice payload, struct ward_iec104 *m);

/* NULL: none. Lower case, as in the standard: c_sc_na_1. */
const char *ward_iec104_type_name(unsigned type);
/* Bytes of an element; SIZE_MAX: not known. */
size_t ward_iec104_element(unsigned type);
const char *ward_iec104_cause_name(unsigned cause);
/* command.c: what a command's first element says. */
void ward_iec104_command(struct ward_iec104 *m, struct ward_rd element);

#endif
