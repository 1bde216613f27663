-- Recordings that lack something: events that were lost, or are not known not to have been; malformed lines; cut files
select host, recording, files, lost_events, malformed, warnings
from recordings
where isNull(lost_events) or lost_events > 0 or malformed > 0 or warnings != ''
order by host, recording
