// One kind of key for each type that PostgreSQL orders: how to declare it and how to make random and extreme values.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace pgfill::tests {

/// `values` is an SQL expression list over i from 1 to the number of rows and random(); `edges` are rows for VALUES. No
/// column is called uid, a, d, n or number: tests add theirs.
struct KeyKind {
  std::string name;
  std::string columns;  ///< with types: "k bigint"
  std::string key;      ///< as in PRIMARY KEY (...)
  std::string values;
  std::string edges;  ///< "(1), (2)"

  /// The key's columns, without directions.
  std::string names() const {
    std::string list = key;
    for (std::size_t at = list.find(" DESC"); at != std::string::npos; at = list.find(" DESC")) list.erase(at, 5);
    return list;
  }
  /// The statement that makes it the key of a table: a primary key, or an index where there are directions.
  std::string make_key(const std::string& table) const {
    if (names() == key) return "ALTER TABLE " + table + " ADD PRIMARY KEY (" + key + ")";
    return "CREATE UNIQUE INDEX ON " + table + " (" + key + ")";
  }
};

inline void PrintTo(const KeyKind& kind, std::ostream* out) {
  *out << kind.name;
}

/// Types and functions that the kinds below use.
inline constexpr const char* key_kind_types = R"sql(
CREATE EXTENSION citext;
CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE FUNCTION word(length int) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(string_agg(substr(E'aAbBcCzZ_ -éÉßøäÄ字𝄞"\\{},%''', 1 + floor(random() * 28)::int, 1), ''), '')
  FROM generate_series(1, length) $$;
CREATE FUNCTION between_times(lowest timestamp, highest timestamp) RETURNS timestamp LANGUAGE sql VOLATILE AS $$
  SELECT lowest + make_interval(days => floor(random() * extract(day FROM highest - lowest))::int,
                                secs => floor(random() * 86400 * 1000000) / 1000000) $$;
DO $$ BEGIN
  EXECUTE 'CREATE TYPE mood AS ENUM (' ||
    (SELECT string_agg(quote_literal('m ' || (i * 7919) % 400 || '",'''), ', ') FROM generate_series(1, 400) i) || ')';
END $$;
CREATE DOMAIN code AS varchar(40) COLLATE "C" NOT NULL CHECK (length(value) >= 0);
CREATE DOMAIN short_code AS code CHECK (value <> 'forbidden');
CREATE DOMAIN shout AS citext;
CREATE DOMAIN amount AS numeric(20, 6);
CREATE TYPE flag AS (is_set bool, label text, at timestamptz);
)sql";

inline std::vector<KeyKind> number_kinds() {
  return {
      {"int2", "k int2", "k", "floor(random() * 65536)::int - 32768", "(-32768), (32767), (0)"},
      {"int4", "k int4", "k", "floor((random() - 0.5) * 4294967294)::int", "(-2147483648), (2147483647), (0)"},
      {"int8", "k int8", "k", "floor((random() - 0.5) * 18e18)::int8",
       "(-9223372036854775808), (9223372036854775807), (0)"},
      {"int8_sparse", "k int8", "k", "i * 1000000000::int8", "(-1), (0)"},
      {"int8_skewed", "k int8", "k", "CASE WHEN random() < 0.9 THEN random() * 1e7 ELSE random() * 1e9 END::int8",
       "(1), (2)"},
      {"numeric", "k numeric", "k",
       "(random() - 0.5)::numeric * 10::numeric ^ (floor(random() * 60)::int - 20) + random()::numeric",
       "('NaN'), (0), (-1e-30), (123456789012345678901234567890.123456789012345678901234567890), ('1e300')"},
      {"numeric_scaled", "k numeric(14, 3)", "k", "(random() * 2e9 - 1e9)::numeric(14, 3)", "('NaN'), (0.000)"},
      {"float4", "k float4", "k", "((random() - 0.5) * 10::float8 ^ (floor(random() * 60) - 25))::float4",
       "('NaN'), ('Infinity'), ('-Infinity'), ('-0'), ('1e-45'), ('3.4028235e38'), ('1.1754944e-38')"},
      {"float8", "k float8", "k", "(random() - 0.5) * 10::float8 ^ (floor(random() * 400) - 200)",
       "('NaN'), ('Infinity'), ('-Infinity'), ('-0'), ('5e-324'), ('1.7976931348623157e308'), (0.1::float8 + 0.2)"},
      {"money", "k money", "k", "((random() - 0.5) * 1e12)::numeric(20, 2)::money",
       "('-92233720368547758.08'), ('92233720368547758.07'), ('0')"},
      {"oid", "k oid", "k", "floor(random() * 4294967295)::int8::oid", "('0'), ('4294967295')"},
  };
}

inline std::vector<KeyKind> text_kinds() {
  const std::string edges =
      "(''), (' '), ('a'), ('A'), ('a '), ('NULL'), ('null'), (E'\\\\'), (E'\\n\\t'), ('\"'), "
      "('{}'), ('{\"a\"}'), ('é'), ('''')";
  return {
      {"text_c", "k text COLLATE \"C\"", "k", "word(floor(random() * 14)::int)", edges + ", (repeat('x', 2600))"},
      {"text_default", "k text", "k", "word(floor(random() * 14)::int)", edges},
      {"text_libc", "k text COLLATE \"C.utf8\"", "k", "word(floor(random() * 14)::int)", edges},
      {"text_icu", "k text COLLATE \"en-x-icu\"", "k", "word(floor(random() * 14)::int)", edges},
      {"text_loose", "k text COLLATE loose", "k", "word(floor(random() * 14)::int)", edges},
      {"varchar_icu", "k varchar(20) COLLATE \"sv-x-icu\"", "k", "word(floor(random() * 14)::int)", edges},
      {"char_padded", "k char(14)", "k", "word(floor(random() * 14)::int)", edges},
      {"bpchar", "k bpchar", "k", "word(floor(random() * 14)::int)", edges},
      {"name", "k name", "k", "word(floor(random() * 14)::int)::name", edges},
      {"citext", "k citext", "k", "word(floor(random() * 14)::int)", edges},
      {"domain", "k short_code", "k", "word(floor(random() * 14)::int)", edges},
      {"domain_citext", "k shout", "k", "word(floor(random() * 14)::int)", edges},
      {"bytea", "k bytea", "k", "substr(decode(md5(random()::text), 'hex'), 1, floor(random() * 9)::int)",
       "(''), (E'\\\\x00'), (E'\\\\x5c27'), (E'\\\\xff')"},
      {"enumeration", "k mood, j int", "k, j",
       "(enum_range(NULL::mood))[1 + floor(random() * 400)::int], floor(random() * 1000)::int", "('m 0\",''', -1)"},
      {"single_char", "k \"char\", j int", "k, j", "chr(1 + floor(random() * 126)::int)::\"char\", i", "('', 0)"},
  };
}

inline std::vector<KeyKind> time_kinds() {
  const std::string moment = "between_times('4000-01-01 BC', '9000-01-01')";
  return {
      {"date", "k date", "k", moment + "::date",
       "('infinity'), ('-infinity'), ('4713-01-01 BC'), ('5874897-12-31'), ('0001-01-01')"},
      {"timestamp", "k timestamp", "k", moment,
       "('infinity'), ('-infinity'), ('4713-01-01 00:00:00 BC'), ('294276-12-31 23:59:59.999999')"},
      {"timestamptz", "k timestamptz", "k", moment + " AT TIME ZONE 'UTC'",
       "('infinity'), ('-infinity'), ('4713-01-02 00:00:00+00 BC'), ('294276-12-31 23:59:59.999999+00')"},
      {"timestamptz_dense", "k timestamptz", "k", "'2020-10-25 00:00+00'::timestamptz + i * interval '1.000001 s'",
       "('2020-03-29 01:59:59.999999+00')"},
      {"time", "k time", "k", "time '00:00' + random() * interval '24 hours'", "('00:00'), ('24:00')"},
      {"timetz", "k timetz", "k",
       "((time '00:00' + random() * interval '24 hours')::text || (ARRAY['+05:30:15', '-11', '+00'])[1 + i % "
       "3])::timetz",
       "('00:00+15:59:59'), ('24:00-15:59:59')"},
      {"interval", "k interval", "k",
       "make_interval(months => floor(random() * 200 - 100)::int, days => floor(random() * 200 - 100)::int, "
       "secs => floor(random() * 2e12 - 1e12) / 1e6)",
       "('-178000000 years'), ('178000000 years'), ('-1 mon 2 days -03:00:00.000001'), ('0')"},
  };
}

inline std::vector<KeyKind> other_kinds() {
  return {
      {"uuid", "k uuid", "k", "md5(random()::text)::uuid",
       "('00000000-0000-0000-0000-000000000000'), ('ffffffff-ffff-ffff-ffff-ffffffffffff')"},
      {"inet", "k inet", "k",
       "CASE WHEN i % 2 = 0 THEN '10.0.0.0/8'::inet + floor(random() * 1e7)::int8 "
       "ELSE set_masklen('fe80::'::inet + floor(random() * 1e15)::int8, 64 + floor(random() * 64)::int) END",
       "('0.0.0.0/0'), ('255.255.255.255'), ('::'), ('10.1.2.3/8')"},
      {"macaddr", "k macaddr", "k", "substr(md5(random()::text), 1, 12)::macaddr",
       "('00:00:00:00:00:00'), ('ff:ff:ff:ff:ff:ff')"},
      {"bits", "k bit(24)", "k", "floor(random() * 16777216)::int::bit(24)", "(repeat('0', 24)::bit(24))"},
      {"varbits", "k varbit", "k", "substring(floor(random() * 4e9)::int8::bit(40)::varbit, 1, 8 + i % 33)",
       "(''::varbit), ('0'::varbit), ('1'::varbit)"},
      {"pg_lsn", "k pg_lsn", "k", "'0/0'::pg_lsn + floor(random() * 1e15)::numeric", "('0/0'), ('FFFFFFFF/FFFFFFFF')"},
      {"int_array", "k int[]", "k", "ARRAY[floor(random() * 100)::int, NULL, i]",
       "('{}'), ('{NULL}'), ('{{1,2},{3,4}}')"},
      {"text_array", "k text[]", "k", "ARRAY[word(3), NULL, word(5)]", "('{}'), (ARRAY['NULL', '', '\"'])"},
      {"int_range", "k int4range", "k", "int4range(i * 3, i * 3 + floor(random() * 9)::int, '[]')",
       "('empty'), ('(,)'), ('[5,)'), ('(,5)')"},
      {"time_range", "k tstzrange", "k",
       "tstzrange(to_timestamp(i * 1e3), to_timestamp(i * 1e3 + random() * 1e5), '(]')",
       "('empty'), ('(,)'), ('[-infinity,infinity]')"},
      {"jsonb", "k jsonb", "k", "jsonb_build_object('a', random()::numeric, word(2), word(3))",
       "('null'), ('[]'), ('{}'), ('\"\"'), ('1.000')"},
      {"composite_type", "k flag", "k",
       "ROW(random() < 0.5, word(4), between_times('1000-01-01 BC', '3000-01-01') AT TIME ZONE 'UTC')::flag",
       "(ROW(NULL, '', NULL)::flag), (ROW(true, 'NULL', 'infinity')::flag)"},
  };
}

inline std::vector<KeyKind> composite_kinds() {
  return {
      {"text_and_time", "k text COLLATE \"en-x-icu\", k2 timestamptz", "k, k2",
       "word(1), between_times('1900-01-01', '2100-01-01') AT TIME ZONE 'UTC'", "('', 'infinity'), ('', '-infinity')"},
      {"bool_number_uuid", "k bool, k2 numeric, k3 uuid", "k, k2, k3",
       "random() < 0.5, floor(random() * 9), md5(random()::text)::uuid",
       "(true, 'NaN', '00000000-0000-0000-0000-000000000000')"},
      {"four_columns", "\"A b\" mood, k2 date, k3 bytea, k4 int", "\"A b\", k2, k3, k4",
       "(enum_range(NULL::mood))[1 + floor(random() * 3)::int], '2020-01-01'::date + floor(random() * 4)::int, "
       "decode(substr(md5(random()::text), 1, 2), 'hex'), i",
       "('m 0\",''', 'infinity', '', 2147483647)"},
      {"descending", "k int NOT NULL, k2 text NOT NULL", "k DESC, k2 DESC", "floor(random() * 20)::int, word(7)",
       "(0, ''), (-1, 'x')"},
  };
}

inline std::vector<KeyKind> all_key_kinds() {
  std::vector<KeyKind> all;
  for (const auto& kinds : {number_kinds(), text_kinds(), time_kinds(), other_kinds(), composite_kinds()}) {
    all.insert(all.end(), kinds.begin(), kinds.end());
  }
  return all;
}

}  // namespace pgfill::tests
