//! Errors of the JSON doors: RFC 9457 problem details.

use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderValue;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use serde::Serializer;

/// A problem document (RFC 9457) with our members `code`, `support_code` and `fields`. As a response
/// it has the same status, `application/problem+json`, and the header `Support-Code`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// The HTTP status, also in the document.
    #[serde(serialize_with = "number")]
    pub status: StatusCode,
    /// `type`: a URI reference that names the kind, `about:blank` where the status says all.
    #[serde(rename = "type")]
    pub kind: String,
    /// One short sentence, the same for each problem of the kind.
    pub title: String,
    /// What to do about this one.
    pub detail: String,
    /// The public code (`SSPR_0101`), or `null`.
    pub code: Option<String>,
    /// As in the header.
    pub support_code: String,
    /// Fields that can be mended; empty if the problem is no field's.
    pub fields: Vec<FieldProblem>,
    /// The journey as it stands, where the request was about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<serde_json::Value>,
}

/// One field of the request that the user can mend.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FieldProblem {
    /// The field's name in the request.
    pub field: String,
    /// The rule it broke, for programs.
    pub rule: String,
    /// The same for people.
    pub text: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Ok(document) = serde_json::to_vec(&self) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = (self.status, document).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Ok(code) = HeaderValue::from_str(&self.support_code) {
            headers.insert(super::layers::SUPPORT_CODE, code);
        }
        response
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
fn number<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_a_document_of_rfc_9457() {
        let problem = Problem {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            kind: "/help/SSPR_0104".to_owned(),
            title: "Too easy to guess".to_owned(),
            detail: "Choose another password.".to_owned(),
            code: Some("SSPR_0104".to_owned()),
            support_code: "R7K4-92QD-MX3T".to_owned(),
            fields: vec![FieldProblem {
                field: "new_password".to_owned(),
                rule: "banned".to_owned(),
                text: "It is on the list of common passwords.".to_owned(),
            }],
            view: None,
        };
        assert_eq!(
            serde_json::to_value(&problem).unwrap(),
            serde_json::json!({
                "status": 422, "type": "/help/SSPR_0104", "title": "Too easy to guess", "detail": "Choose another password.",
                "code": "SSPR_0104", "support_code": "R7K4-92QD-MX3T",
                "fields": [{"field": "new_password", "rule": "banned", "text": "It is on the list of common passwords."}],
            })
        );
        let response = problem.into_response();
        assert_eq!(response.status(), 422);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()["support-code"], "R7K4-92QD-MX3T");
    }
}
