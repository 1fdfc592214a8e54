"""The sections of the parameter file, as typed records.

Belongs here: one record per section. Does not belong here: numbers, sources, reading.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class People:
    """Who the people are (section 1)."""

    present_at_start: float
    present_by_severity: float
    severity_engagement: float
    heritage: tuple[float, ...]
    born_abroad: tuple[float, ...]
    speaks_own_language: tuple[float, ...]
    gender_minority: tuple[float, ...]
    man: float
    age_bands: tuple[float, ...]
    age_shares: tuple[float, ...]
    veteran: float
    opioid: float
    serious_mental_illness: float
    alcohol_or_meth: float
    chronic: float
    health_by_severity: float
    has_ssn: float
    has_ssn_abroad: float
    knows_ssn: float
    new_year_birthday: float
    new_year_refugee: float


@dataclass(frozen=True)
class Kin:
    """People who are easily taken for each other."""

    households: float
    second_child: float
    third_member: float
    twins: float
    namesake_fathers: float
    siblings: float
    couples: float
    same_name: float
    same_birth_date: float


@dataclass(frozen=True)
class Moves:
    """Hazards between states."""

    starts_in_shelter: float
    arrives_in_shelter: float
    starts_away: float
    shelter_to_street_early: float
    shelter_to_street: float
    shelter_to_housed: float
    street_to_housed: float
    housed_by_engagement: float
    housed_to_street_early: float
    housed_to_street: float
    street_to_away: float
    away_to_street: float
    hospital_after_crisis: float
    hospital_after_overdose: float
    hospital_days: int
    treatment_after_hospital: float
    treatment_days: int
    died_base_street: float
    died_base_sheltered: float
    death_by_severity: float
    death_opioid: float
    death_after_overdose: float
    death_month_after_overdose: float


@dataclass(frozen=True)
class Crises:
    """Crises and overdoses."""

    per_year: float
    sigma: float
    severity_share: float
    weekly_memory: float
    weekly_sd: float
    housed: float
    overdoses_per_year: float
    overdose_half_days: int
    overdose_by_severity: float
    overdose_month_after: float
    overdose_quarter_after: float
    met_by_fire: float
    met_by_scrt: float
    transported: float
    general_hospital: float
    general_hospital_overdose: float
    transported_overdose: float


@dataclass(frozen=True)
class Beds:
    """Wanting, getting and leaving a shelter bed."""

    beds: int
    want: float
    want_by_history: float
    want_by_severity: float
    want_by_engagement: float
    history_centre: float
    channels: tuple[float, ...]
    bed_by_channel: tuple[float, ...]
    in_bed: float
    project_shares: tuple[float, ...]
    project_exit: tuple[float, ...]
    victim_services: float
    destination_unknown: float


@dataclass(frozen=True)
class Contacts:
    """How often teams meet people."""

    outreach: float
    encampment: float
    neighbourhood: float
    heart: float
    operations_per_year: int
    street_medicine: float
    clinic: float
    emergency_department: float
    psychiatric_emergency: float
    inpatient: float
    shelter_outreach: float
    own_noise: tuple[float, ...]
    hsh: tuple[float, ...]
    dph: tuple[float, ...]
    dem: tuple[float, ...]


@dataclass(frozen=True)
class CaseManagement:
    """The EMS-6 rule and what follows."""

    uses_in_30_days: int
    uses_in_year: int
    enrolled: float
    days: int
    contacts_per_week: float


@dataclass(frozen=True)
class Offers:
    """What is offered and what comes of it."""

    sfhot: float
    hsoc: float
    scrt: float
    heart: float
    hospital: float
    want_recorded: float
    accepts: tuple[float, ...]
    talked_by_year: tuple[float, ...]
    evening_recorded: float
    by_engagement: float
    by_severity: float
    room: float
    companion: float
    drift_per_month: float
    has_companion: float
    unknown: float
    pending: float
    ineligible: float
    not_offered: float
    other_resources: float
    decline_reasons: tuple[float, ...]


@dataclass(frozen=True)
class FollowUp:
    """Who is followed up after a crisis."""

    first_index_day: int
    gap_days: int
    window_days: int
    intercept: float
    by_history: float
    opioid: float
    serious_mental_illness: float
    staff_sd: float
    same_intercept: float
    effect_days: int
    after_fire: tuple[float, ...]
    after_dph: tuple[float, ...]
    overdose_follow_up: float
    overdose_follow_up_days: int


@dataclass(frozen=True)
class Moud:
    """Medication for opioid use disorder."""

    hand_off: float
    hand_off_accepted: float
    hand_off_prior: float
    hand_off_history: float
    start: float
    start_accepted: float
    start_prior: float
    start_history: float
    start_days: int
    median_days: int
    on_at_arrival: float
    overdose_on_moud: float


@dataclass(frozen=True)
class Priority:
    """The housing priority list."""

    listed: float
    coordinated_entry: float


@dataclass(frozen=True)
class Incidents:
    """Dispatch calls, 311 cases and who writes what down."""

    cad_without_client: int
    cases_311: int
    duplicate: float
    sensitive: float
    epcr_of_overdose: float
    log_of_overdose: float


@dataclass(frozen=True)
class Effects:
    """The stated causal effects."""

    hr_follow_up: float
    hr_same_department: float
    moud_hand_off: float
    moud_death: float
    encampment_housing: float
    case_management_crises: float
    priority_housing: float
    encampment_contact: float
