"""trust_root"""
